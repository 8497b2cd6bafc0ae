import { describe, expect, test } from 'vitest';
import { courseText, hindranceOf, missingText, secondsLeft } from '../../../../src/app/experiments/words';
import { plan } from '../../../../src/experiments/plan';

const wish = { experiment: 'tau', preset: 'tiny', seeds: 1 } as const;
const nothing = { series: null, outcomes: [], failures: [], present: null };

describe('the words of the experiments screen', () => {
  test('say why nothing can begin beside a run, and nothing where it can', () => {
    expect(hindranceOf('running', null)).toMatch(/under way.*stop it first/);
    expect(hindranceOf('paused', null)).toMatch(/paused/);
    expect(hindranceOf('idle', 'open')).toMatch(/Looking/);
    for (const state of ['idle', 'finished', 'stopped', 'failed'] as const) expect(hindranceOf(state, null)).toBeNull();
  });

  test('count what is missing, with its time where some was made', () => {
    expect(missingText({ runs: 12, made: 0 }, null)).toBe('12 runs to make.');
    expect(missingText({ runs: 12, made: 9 }, 170)).toBe('3 of 12 runs still to make, about 8 min 30 s.');
    expect(missingText({ runs: 1, made: 1 }, 170)).toBe('Its run is made.');
  });

  test('say where the series stands', () => {
    expect(courseText(nothing)).toBe('No experiment was begun yet.');
    const present = { run: 'x', variants: ['0.5'], seed: 2, place: 3, of: 7 };
    expect(courseText({ ...nothing, series: { wish, state: 'running' }, present })).toBe('Threshold of difficulty: run 3 of 7, 0.5, seed 2.');
    expect(courseText({ ...nothing, series: { wish, state: 'running' }, present: { ...present, variants: ['1', '2'] } })).toContain('for 2 points');
    expect(courseText({ ...nothing, series: { wish, state: 'interrupted' } })).toMatch(/Start it again to go on/);
  });

  test('count the failures of the series alone', () => {
    const [run] = plan(['tau'], { ...wish, overrides: {} });
    const failures = [run?.id ?? '', 'of another experiment'].map((id) => ({ run: id, seed: 1, message: 'It broke.', remedy: '' }));
    expect(courseText({ ...nothing, series: { wish, state: 'finished' }, failures })).toBe('Threshold of difficulty: all runs are through. 1 run has failed: the points say why.');
  });

  test('take the runs to come for as long as those before', () => {
    const progress = { iteration: 1, phase: 'tune', done: 1, of: 2, seconds: 1, tokensPerSecond: 1, secondsLeft: 40 } as const;
    expect(secondsLeft({ place: 3, of: 5 }, progress, 100)).toBe(240);
    expect(secondsLeft({ place: 3, of: 5 }, null, 100)).toBe(300);
    expect(secondsLeft({ place: 3, of: 5 }, progress, null)).toBeNull();
    expect(secondsLeft({ place: 5, of: 5 }, progress, null)).toBe(40);
  });
});
