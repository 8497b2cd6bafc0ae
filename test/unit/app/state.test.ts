import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/comd/events';
import { ComdError } from '../../../src/errors';
import { binOf, blank, KEPT_SAMPLES, reduce } from '../../../src/app/state';
import { iterationReportOf, sampleOf, syntheticRun } from '../../support/synthetic-run';

const after = (...events: RunEvent[]) => events.reduce(reduce, blank);
const loss = (step: number, value: number): RunEvent => ({ type: 'loss', iteration: 1, phase: 'tune', step, loss: value });

describe('the view of a run', () => {
  test('holds what a whole run told', () => {
    const view = after(...syntheticRun());
    expect(view.state).toBe('finished');
    expect(view.reports.map((report) => report.iteration)).toEqual([1, 2, 3, 4]);
    expect(view.pools.at(-1)).toEqual({ iteration: 4, tuning: 1800, cache: 1800 });
    expect(view.losses).toHaveLength(62 + 4 * 60);
    expect(view.models.teacher).toEqual({ name: 'emoji-teacher', parameters: 5_870_000 });
    expect(view.shards.student).toHaveLength(3);
    expect(view.baselines).toEqual({ blind: 0.19, aligned: 0.24, teacher: 0.86 });
  });

  test('is the same when all its events come twice, as after a reload, remarks aside', () => {
    const events = syntheticRun().filter((event) => event.type !== 'notice');
    expect(after(...events, ...events)).toEqual(after(...events));
  });

  test('does not change the view it was given', () => {
    const frozen = Object.freeze(after(loss(1, 2)));
    const losses = [...frozen.losses];
    reduce(frozen, loss(2, 1));
    expect(frozen.losses).toEqual(losses);
  });

  test('forgets the losses after a step that is told again', () => {
    const view = after(loss(1, 3), loss(2, 2.5), loss(3, 2), loss(2, 2.4));
    expect(view.losses.map(({ step, loss: value }) => [step, value])).toEqual([[1, 3], [2, 2.4]]);
  });

  test('replaces an iteration that is told again and keeps iterations in order', () => {
    const second = iterationReportOf(2);
    const view = after({ type: 'iteration', report: second }, { type: 'iteration', report: iterationReportOf(1) }, { type: 'iteration', report: { ...second, kept: 7 } });
    expect(view.reports.map(({ iteration, kept }) => [iteration, kept])).toEqual([[1, 300], [2, 7]]);
  });

  test('follows a shard from its first byte to its last', () => {
    const shard = (file: string, loaded: number): RunEvent => ({ type: 'shard', role: 'student', file, loaded, total: 10 });
    const view = after(shard('a', 0), shard('b', 0), shard('a', 10));
    expect(view.shards.student).toEqual([{ file: 'a', loaded: 10, total: 10 }, { file: 'b', loaded: 0, total: 10 }]);
    expect(view.shards.teacher).toEqual([]);
  });

  test('counts a record once, however often its assessment is told', () => {
    const event: RunEvent = { type: 'assessed', iteration: 1, sample: sampleOf(1, 0) };
    const [assessment] = after(event, event).assessments;
    expect(assessment?.samples).toHaveLength(1);
    expect((assessment?.difficult ?? 0) + (assessment?.easy ?? 0)).toBe(1);
  });

  test('counts every assessed record in one bin while it keeps only the newest for cards', () => {
    const events = Array.from({ length: KEPT_SAMPLES + 25 }, (_, index): RunEvent => ({ type: 'assessed', iteration: 1, sample: sampleOf(1, index) }));
    const [assessment] = after(...events).assessments;
    expect(assessment?.histogram.reduce((sum, bin) => sum + bin, 0)).toBe(KEPT_SAMPLES + 25);
    expect(assessment?.samples).toHaveLength(KEPT_SAMPLES);
    expect(assessment?.samples.at(-1)?.record.id).toBe(`1/${KEPT_SAMPLES + 24}`);
  });

  test('keeps the last error', () => {
    const error = new ComdError('device/lost', 'The device was lost.', 'Resume.');
    expect(after({ type: 'error', error }, { type: 'state', state: 'failed' })).toMatchObject({ error, state: 'failed' });
  });
});

test('every difficulty falls into one of ten bins, and a greater one never into a lower bin', () => {
  fc.assert(fc.property(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true }), (difficulty, more) => {
    const bin = binOf(difficulty);
    expect(bin).toBeGreaterThanOrEqual(0);
    expect(bin).toBeLessThanOrEqual(9);
    expect(binOf(difficulty + more)).toBeGreaterThanOrEqual(bin);
  }));
});
