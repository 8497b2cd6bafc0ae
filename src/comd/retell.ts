/**
 * Tells a stored run's events again from its ledger, for a page that was not there when they happened.
 */
import type { ModelInfo } from '../../workers/protocol';
import type { Ledger } from '../pools/ledger';
import type { RunRow, WorkKey } from '../pools/rows';
import { judged } from './assess';
import { iterationKey } from './cycle';
import { healthOf } from './health';
import type { Role, RunEvent } from './events';
import { blindKey } from './prepare';
import type { IterationReport } from './report';
import { courseKey, type CourseMark } from './training';

/** Where the ledger keeps what the models said of themselves when they were last loaded. */
export const modelsKey: WorkKey = { iteration: 0, phase: 'load', item: 'models' };
export type ModelsMark = Partial<Record<Role, ModelInfo>>;

export async function* retell(run: RunRow, ledger: Ledger): AsyncGenerator<RunEvent> {
  if (run.outdated) yield { type: 'notice', text: outdatedText };
  yield* models(ledger);
  yield* baselines(run, ledger);
  yield* courses(run, ledger);
  const reports: IterationReport[] = [];
  for (let k = 1; k <= run.settings.iterations; k++) {
    const report = ledger.mark<IterationReport>(iterationKey(k))?.result;
    if (!report) continue;
    yield { type: 'pools', iteration: k, tuning: report.tuningPool, cache: report.cachePool };
    yield { type: 'iteration', report };
    reports.push(report);
    yield { type: 'health', iteration: k, signs: healthOf(reports) };
  }
  yield* newestSamples(run, ledger);
}

const outdatedText = 'This run was begun by an older version of this page and cannot go on. What it has stored can be downloaded until a new run begins.';

/** The two events that introduce a loaded model. */
export function* introduce(role: Role, { backend, adapter, why, name, parameters }: ModelInfo): Generator<RunEvent> {
  yield { type: 'device', role, backend, adapter, why };
  yield { type: 'model', role, name, parameters };
}

function* models(ledger: Ledger): Generator<RunEvent> {
  const mark = ledger.mark<ModelsMark>(modelsKey);
  for (const [role, info] of Object.entries(mark?.result ?? {})) yield* introduce(role as Role, info);
}

function* baselines({ report }: RunRow, ledger: Ledger): Generator<RunEvent> {
  const blind = ledger.mark<number | null>(blindKey)?.result;
  if (blind === undefined) return;
  yield { type: 'baselines', blind, aligned: report?.baselines.aligned ?? null, teacher: report?.teacher.accuracy ?? null };
}

/** The losses of all courses, and where one that was no number has ended the run. */
function* courses({ settings }: RunRow, ledger: Ledger): Generator<RunEvent> {
  let step = 0;
  for (let iteration = 0; iteration <= settings.iterations; iteration++) {
    const phase = iteration === 0 ? 'align' : 'tune';
    const course = ledger.mark<CourseMark>(courseKey(iteration, phase))?.result;
    for (const loss of course?.losses ?? []) yield { type: 'loss', iteration, phase, step: step++, loss };
    if (course?.diverged) yield { type: 'health', iteration, signs: [course.diverged] };
  }
}

/** What was assessed in the newest iteration that has come so far. */
async function* newestSamples({ settings }: RunRow, ledger: Ledger): AsyncGenerator<RunEvent> {
  for (let iteration = settings.iterations; iteration > 0; iteration--) {
    const assessments = await ledger.assessments(iteration);
    if (assessments.length === 0) continue;
    const records = await ledger.pool.withIds(assessments.map(({ id }) => id));
    for (const assessment of assessments) {
      const record = records.get(assessment.id);
      const sample = record ? judged(assessment, record, settings) : null;
      if (sample) yield { type: 'assessed', iteration, sample };
    }
    return;
  }
}
