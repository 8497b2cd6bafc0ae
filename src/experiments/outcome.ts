/**
 * What is kept of a run for the experiments: the numbers of its report that a table or a plot may show. The report
 * itself lies beside it and is opened from there.
 */
import type { IterationReport, Report } from '../comd/report';
import type { PresetName } from '../presets';
import type { Settings } from '../settings';

/** Accuracies in 0..1, times in seconds. */
export interface Outcome {
  /** Its id, as {@link runId} gives it. */
  run: string;
  version: string;
  preset: PresetName;
  seed: number;
  settings: Settings;
  backend: Report['backend'];
  adapter: string;
  baselines: Report['baselines'];
  teacher: Pick<Report['teacher'], 'name' | 'parameters' | 'accuracy' | 'heldOutStyle'>;
  student: Report['student'];
  iterations: (Pick<IterationReport, 'iteration' | 'accuracy' | 'heldOutStyle' | 'tuningPool' | 'assessed' | 'difficult' | 'generated' | 'kept' | 'cost'> & { tuneSeconds: number })[];
  seconds: number;
}

/** A run that came to no end. */
export interface Failure {
  run: string;
  seed: number;
  /** What happened, and what to do. */
  message: string;
  remedy: string;
}

export function outcomeOf(run: string, report: Report): Outcome {
  const { version, preset, seed, settings, backend, adapter, baselines, seconds } = report;
  const { name, parameters, accuracy, heldOutStyle } = report.teacher;
  return {
    run, version, preset, seed, settings, backend, adapter, baselines,
    teacher: { name, parameters, accuracy, heldOutStyle },
    student: report.student,
    iterations: report.iterations.map((one) => ({
      iteration: one.iteration, accuracy: one.accuracy, heldOutStyle: one.heldOutStyle, tuningPool: one.tuningPool,
      assessed: one.assessed, difficult: one.difficult, generated: one.generated, kept: one.kept, cost: one.cost, tuneSeconds: one.seconds.tune,
    })),
    seconds,
  };
}
