import { expect, test } from 'vitest';
import { summary } from '../../../scripts/summary';
import type { IterationReport, Report } from '../../../src/comd/report';
import { defaults } from '../../../src/settings';
import { unjudgedReport } from '../../support/synthetic-run';

const iteration: IterationReport = {
  iteration: 1, tuningPool: 800, cachePool: 800, assessed: 242, difficult: 60, easy: 180, unparsable: 2, unverifiable: 0, generated: 400,
  kept: 304, dropped: { length: 96 }, accuracy: 0.425, byType: {}, heldOutStyle: null, histogram: [], losses: [],
  seconds: { tune: 30, evaluate: 10, assess: 20, augment: 15.4 },
  cost: { teacherCalls: 1900, teacherTokens: 24_000, studentCalls: 242, steps: 75, trainedTokens: 88_000, seconds: 65.4 },
};
const report: Report = {
  version: '0.1.0', preset: 'emoji', seed: 3, settings: defaults, backend: 'wasm', adapter: 'CPU',
  teacher: { name: 't', parameters: 2, accuracy: 0.815, byType: {}, heldOutStyle: 0.6 },
  student: { name: 's', parameters: 1 }, baselines: { blind: 0.2, aligned: 0.25 },
  align: { pairs: 10, kept: 8, losses: [], seconds: 12 }, iterations: [iteration, { ...iteration, iteration: 2, difficult: 0, easy: 0, heldOutStyle: 0.31 }],
  seconds: 540,
};
const lines = summary(report).split('\n');
const row = (name: string): string => lines.find((line) => line.startsWith(name)) ?? '';

test('the summary has a row for each baseline, each iteration and the teacher', () => {
  expect(row('blind baseline')).toContain('20.0 %');
  expect(row('after stage 1')).toContain('25.0 %');
  expect(row('teacher')).toMatch(/81\.5 %.*60\.0 %/);
  expect(row('iteration 1')).toMatch(/800 +242 +25\.0 % +304 +42\.5 % +– +75$/);
});

test('dashes stand where there were no test items, and a line says why', () => {
  expect(summary(report)).not.toContain('no test items');
  const unjudged = summary(unjudgedReport());
  expect(unjudged).toContain('\nno test items: no accuracy was measured\n');
  expect(unjudged).not.toMatch(/\b0\.0 %|NaN|null/);
  expect(unjudged).toMatch(/^teacher +– +–$/m);
});

test('the difficult share counts only what could be judged', () => {
  expect(row('iteration 1')).toContain('25.0 %');
  expect(row('iteration 2')).toMatch(/242 +– +304/);
});

test('cells stand under their heads', () => {
  const end = (lines[0] ?? '').indexOf('accuracy') + 'accuracy'.length;
  for (const name of ['blind baseline', 'iteration 2', 'teacher']) expect(row(name).slice(0, end)).toMatch(/%$/);
});

test('a second table tells what each iteration cost, and all of them', () => {
  const costs = lines.slice(lines.findIndex((line) => line.startsWith('cost')));
  expect(costs[0]).toMatch(/teacher calls +teacher tokens +student calls +steps +tokens trained on +seconds$/);
  expect(costs[1]).toMatch(/^iteration 1 +1,900 +24,000 +242 +75 +88,000 +65$/);
  expect(costs[3]).toMatch(/^together +3,800 +48,000 +484 +150 +176,000 +131$/);
});

test('the last line tells preset, seed, strategy, backend and time', () => {
  expect(lines.at(-1)).toBe('emoji, seed 3, strategy comd, wasm on CPU; 9 min in all');
});
