/** The events and the report of a run that never was: plausible numbers for tests of what shows them. */
import type { AssessedSample, RunEvent } from '../../src/comd/events';
import type { ByType, IterationReport, Report } from '../../src/comd/report';
import { settingsOf } from '../../src/presets';
import type { Settings } from '../../src/settings';

const kinds = ['name', 'category', 'colour', 'count', 'position', 'odd one out', 'caption'];

export function sampleOf(iteration: number, index: number, tau = 0.33): AssessedSample {
  const studentMark = 1 + ((index * 7 + iteration * 3) % 17) / 2;
  const difficulty = Math.max(0, 1 - studentMark / 8.5);
  return {
    record: {
      id: `${iteration}/${index}`, image: `train/noto/${index % 31}`, instruction: `What is to the left of the ${['red apple', 'blue fish', 'little drum'][index % 3] ?? 'sun'}?`,
      answer: 'a cat', source: 'dataset', iteration: 0,
    },
    teacherAnswer: 'a cat', studentAnswer: ['a cat', 'a dog on the left', 'the fish'][index % 3] ?? '', teacherMark: 8.5, studentMark, difficulty, difficult: difficulty >= tau,
  };
}

export function iterationReportOf(iteration: number, last = false): IterationReport {
  const accuracy = 0.3 + 0.12 * iteration;
  const byType: ByType = Object.fromEntries(kinds.map((kind, index) => [kind, { accuracy: Math.min(1, accuracy + (index - 3) * 0.05), items: 40 + index }]));
  const assessed = last ? 0 : 240;
  return {
    iteration, tuningPool: 800 + iteration * 250, cachePool: 800 + iteration * 250, assessed, difficult: last ? 0 : 96 - iteration * 12, easy: last ? 0 : 140 + iteration * 12,
    unparsable: last ? 0 : 4, unverifiable: 0, generated: last ? 0 : 420, kept: last ? 0 : 300, dropped: last ? {} : { 'too similar': 90, 'too short': 20, 'leading punctuation': 10 },
    accuracy, byType, heldOutStyle: accuracy - 0.08, histogram: last ? new Array<number>(10).fill(0) : [70, 30, 26, 18, 22, 20, 18, 16, 12, 8],
    losses: Array.from({ length: 60 }, (_, step) => 1.4 / iteration / (1 + step / 20)), seconds: { tune: 62, evaluate: 14, assess: 31, augment: 24 },
    cost: {
      teacherCalls: last ? 0 : 1440, teacherTokens: last ? 0 : 21_600, studentCalls: assessed, steps: 60, trainedTokens: 72_000, seconds: last ? 62 : 117,
    },
  };
}

/** A whole run of four iterations, in order. */
export function syntheticRun(): RunEvent[] {
  const settings = settingsOf('emoji');
  const events: RunEvent[] = [
    { type: 'state', state: 'running' },
    ...(['student', 'teacher'] as const).flatMap((role): RunEvent[] => [
      { type: 'device', role, backend: 'wasm', adapter: 'CPU, 2 threads', why: 'No WebGPU adapter was found, so the WASM backend runs.' },
      ...[1, 2, 3].map((shard): RunEvent => ({ type: 'shard', role, file: `model-0000${shard}-of-00003.safetensors`, loaded: shard === 3 && role === 'teacher' ? 1_400_000 : 3_600_000, total: 3_600_000 })),
      { type: 'model', role, name: `emoji-${role}`, parameters: role === 'student' ? 1_432_000 : 5_870_000 },
    ]),
  ];
  let step = 0;
  const train = (iteration: number, phase: 'align' | 'tune', steps: number, from: number, to: number) => {
    for (let at = 1; at <= steps; at++) {
      step += 1;
      const noise = Math.sin(step * 12.9898) * 0.12;
      events.push({ type: 'loss', iteration, phase, step, loss: to + (from - to) * Math.exp((-4 * at) / steps) + noise });
      events.push({ type: 'progress', iteration, phase, done: at, of: steps, seconds: at * 0.7, tokensPerSecond: 2412, secondsLeft: Math.max(5, 520 - step) });
    }
  };
  train(0, 'align', 62, 4.1, 1.7);
  events.push({ type: 'progress', iteration: 0, phase: 'evaluate', done: 400, of: 400, seconds: 11, tokensPerSecond: 980, secondsLeft: 420 });
  events.push({ type: 'baselines', blind: 0.19, aligned: 0.24, teacher: 0.86 });
  for (let iteration = 1; iteration <= settings.iterations; iteration++) {
    const report = iterationReportOf(iteration, iteration === settings.iterations);
    events.push({ type: 'pools', iteration, tuning: report.tuningPool, cache: report.cachePool });
    train(iteration, 'tune', 60, 1.5 / iteration ** 0.5, 0.6 / iteration ** 0.5);
    events.push({ type: 'progress', iteration, phase: 'evaluate', done: 400, of: 400, seconds: 14, tokensPerSecond: 1011, secondsLeft: 300 });
    for (let index = 0; index < report.assessed - report.unparsable; index++) {
      events.push({ type: 'assessed', iteration, sample: sampleOf(iteration, index) });
      events.push({ type: 'progress', iteration, phase: 'assess', done: index + 1, of: report.assessed, seconds: index * 0.13, tokensPerSecond: 871, secondsLeft: 240 });
    }
    if (iteration === 1) events.push({ type: 'notice', text: 'Iteration 1: 40 % of the assessed records are difficult.' });
    events.push({ type: 'iteration', report });
  }
  events.push({ type: 'progress', iteration: settings.iterations, phase: 'save', done: 3, of: 3, seconds: 1, tokensPerSecond: 0, secondsLeft: 0 });
  events.push({ type: 'state', state: 'finished' });
  return events;
}

export function syntheticReport(settings: Settings = settingsOf('emoji')): Report {
  const iterations = Array.from({ length: settings.iterations }, (_, index) => iterationReportOf(index + 1, index + 1 === settings.iterations));
  return {
    version: '0.1.0', preset: 'emoji', seed: settings.seed, settings, backend: 'wasm', adapter: 'CPU, 2 threads',
    teacher: { name: 'emoji-teacher', parameters: 5_870_000, accuracy: 0.86, byType: iterationReportOf(4).byType, heldOutStyle: 0.74 },
    student: { name: 'emoji-student', parameters: 1_432_000 }, baselines: { blind: 0.19, aligned: 0.24 },
    align: { pairs: 2000, kept: 1640, losses: Array.from({ length: 51 }, (_, step) => 1.7 + 2.4 * Math.exp(-step / 12)), seconds: 44 },
    iterations, seconds: 541,
  };
}

/** The same report where there were no test items to judge on. */
export function unjudgedReport(): Report {
  const report = syntheticReport();
  const unjudged = { accuracy: null, byType: {}, heldOutStyle: null };
  return {
    ...report, baselines: { blind: null, aligned: null }, teacher: { ...report.teacher, ...unjudged },
    iterations: report.iterations.map((iteration) => ({ ...iteration, ...unjudged })),
  };
}
