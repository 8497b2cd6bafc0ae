import { signal, type Signal } from '@preact/signals';
import { beforeEach, describe, expect, test } from 'vitest';
import { ExperimentsSession } from '../../../../src/app/experiments/experiments-session';
import { ComdError } from '../../../../src/errors';
import { FakeLaboratory } from '../../../support/fake-laboratory';

let fake: FakeLaboratory;
let hindrance: Signal<string | null>;
let errors: ComdError[];
beforeEach(() => {
  fake = new FakeLaboratory();
  hindrance = signal(null);
  errors = [];
});

async function opened(): Promise<ExperimentsSession> {
  const session = new ExperimentsSession(fake, hindrance, (error) => { errors.push(error); });
  await session.open(Promise.resolve());
  return session;
}

describe('the page\'s side of the experiments', () => {
  test('begins what is chosen, and has results that grow with every run', async () => {
    const session = await opened();
    session.choose('stage1');
    session.seeds.value = 2;
    expect(session.made.value).toEqual({ runs: 4, made: 0 });
    await session.start();
    expect(fake.calls).toEqual(['start stage1 experiment 2']);
    expect(session.running.value).toBe(true);
    fake.made(0.7);
    fake.made(0.6);
    expect(session.results.value.points.map(({ estimate }) => estimate?.mean)).toEqual([expect.closeTo(0.7, 9), expect.closeTo(0.6, 9)]);
    expect(session.made.value).toEqual({ runs: 4, made: 2 });
    fake.made();
    fake.made();
    expect([session.running.value, session.made.value.made]).toEqual([false, 4]);
    expect(session.secondsOfOne('experiment')).toBeGreaterThan(100);
    expect(session.secondsOfOne('tiny')).toBeNull();
  });

  test('shows what was asked for before a reload, and goes on with it', async () => {
    fake.remember({ experiment: 'pool', preset: 'tiny', seeds: 5 }, 'interrupted', 3);
    const session = await opened();
    expect([session.experiment.value, session.preset.value, session.seeds.value]).toEqual(['pool', 'tiny', 5]);
    expect(fake.calls).toEqual(['resume']);
    expect([session.running.value, session.made.value]).toEqual([true, { runs: 20, made: 3 }]);
  });

  test('does not go on beside a run, nor with what was stopped', async () => {
    hindrance.value = 'A distillation is under way.';
    fake.remember({ experiment: 'pool', preset: 'tiny', seeds: 1 }, 'interrupted', 1);
    expect((await opened()).running.value).toBe(false);
    hindrance.value = null;
    fake.remember({ experiment: 'pool', preset: 'tiny', seeds: 1 }, 'stopped', 1);
    expect((await opened()).running.value).toBe(false);
    expect(fake.calls).toEqual([]);
  });

  test('forgets the bar of a run when the next begins', async () => {
    const session = await opened();
    await session.start();
    fake.progress(1, 2);
    expect(session.progress.value?.done).toBe(1);
    fake.made();
    expect(session.progress.value).toBeNull();
  });

  test('throws what refuses a start, hands on what breaks a series, and waits for nothing then', async () => {
    const session = await opened();
    fake.refusal = new ComdError('run/busy', 'A run is under way.', 'Stop it.');
    await expect(session.start()).rejects.toThrow('A run is under way.');
    expect(session.pending.value).toBeNull();
    const full = new ComdError('pools/quota', 'The disk is full.', 'Free some.');
    fake.broke(full);
    expect(errors).toEqual([full]);
  });
});
