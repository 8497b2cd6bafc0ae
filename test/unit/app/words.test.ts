import { describe, expect, test } from 'vitest';
import { controlsOf } from '../../../src/app/controls';
import { bytes, duration, parameters, percent } from '../../../src/app/format';
import { planLoop, standings, stations } from '../../../src/app/loop';
import { stageLosses } from '../../../src/app/stage-losses';
import type { Progress } from '../../../src/app/state';
import { addedText, phaseText, statusText } from '../../../src/app/words';

const progress = (iteration: number, phase: Progress['phase'], done = 1): Progress => ({ iteration, phase, done, of: 9, seconds: 1, tokensPerSecond: 1, secondsLeft: null });

describe('the buttons', () => {
  const pressable = (...asked: Parameters<typeof controlsOf>) => Object.entries(controlsOf(...asked)).filter(([, can]) => can).map(([name]) => name);
  test.each([
    ['idle', false, ['start']],
    ['running', true, ['pause', 'stop']],
    ['paused', true, ['start', 'resume', 'stop', 'add', 'download']],
    ['failed', true, ['start', 'resume', 'stop']],
    ['stopped', true, ['start', 'download']],
    ['finished', true, ['start', 'download']],
  ] as const)('of a run that is %s are the ones that do something', (state, held, names) => {
    expect(pressable(state, held, null)).toEqual(names);
  });
  test('wait for the answer to the one that was pressed', () => {
    expect(pressable('running', true, 'pause')).toEqual([]);
  });
});

describe('the words for a run', () => {
  test('say where in the cycle it is', () => {
    expect(phaseText(progress(2, 'assess'), 4)).toBe('Iteration 2 of 4: assessing');
    expect(phaseText(progress(0, 'align'), 4)).toBe('Stage 1: aligning');
    expect(phaseText(progress(0, 'load'), 4)).toBe('Loading the models');
  });
  test('do not change while the same phase goes on, so that they are not read out at every step', () => {
    expect(statusText('running', progress(1, 'tune', 3), 4)).toBe(statusText('running', progress(1, 'tune', 4), 4));
    expect(statusText('running', progress(1, 'tune'), 4)).not.toBe(statusText('running', progress(1, 'evaluate'), 4));
  });
});

test('the words for added records count them', () => {
  expect(addedText(1)).toBe('Added 1 record; it joins from the next iteration.');
  expect(addedText(7)).toBe('Added 7 records; they join from the next iteration.');
});

describe('the stations of the cycle', () => {
  test('are done before the present one and ahead after it', () => {
    expect(standings(progress(2, 'assess'), false)).toEqual({ align: 'done', tune: 'done', evaluate: 'done', assess: 'now', augment: 'ahead' });
  });
  test('are all ahead while models load, and all done at the end', () => {
    expect(new Set(Object.values(standings(progress(0, 'load'), false)))).toEqual(new Set(['ahead']));
    expect(new Set(Object.values(standings(progress(4, 'save'), true)))).toEqual(new Set(['done']));
  });
  test('leave the loop untouched while the baselines are measured', () => {
    expect(standings(progress(0, 'evaluate'), false)).toEqual({ align: 'done', tune: 'ahead', evaluate: 'ahead', assess: 'ahead', augment: 'ahead' });
  });
  test.each([320, 559, 560, 1400])('lie inside a drawing %i pixels wide', (width) => {
    const plan = planLoop(width);
    for (const station of stations) {
      expect(plan.at[station].x).toBeGreaterThan(15);
      expect(plan.at[station].x).toBeLessThan(width - 15);
      expect(plan.at[station].y).toBeLessThan(plan.height);
    }
  });
});

test('numbers read as people write them', () => {
  expect([percent(0.7531), percent(null), percent(0)]).toEqual(['75.3 %', '–', '0.0 %']);
  expect([duration(48), duration(250), duration(3900), duration(null)]).toEqual(['48 s', '4 min 10 s', '1 h 05 min', '–']);
  expect([parameters(2_410_000), parameters(7_000), parameters(12)]).toEqual(['2.41 M', '7 k', '12']);
  expect([bytes(1_250_000), bytes(900)]).toEqual(['1.3 MB', '1 kB']);
});

test('the loss curve is cut into alignment and tunings, each with its own running mean', () => {
  const point = (phase: 'align' | 'tune', iteration: number, step: number, loss: number) => ({ phase, iteration, step, loss });
  const [align, tune] = stageLosses([point('align', 0, 1, 4), point('align', 0, 2, 2), point('tune', 1, 3, 1)]);
  expect(align).toMatchObject({ label: 'align', steps: [1, 2], values: [4, 2], first: 4, last: 2 });
  expect(tune).toMatchObject({ label: 'tune 1', steps: [3], means: [1] });
});
