/** The signs of a run on the terminal. */
import { describe, expect, test } from 'vitest';
import { Progress } from '../../../scripts/progress';
import { summary } from '../../../scripts/summary';
import { syntheticHealth, syntheticSigns } from '../../support/health';
import { syntheticReport } from '../../support/synthetic-run';

test('each is a line that stays: iteration, sign, what was seen, what to try', () => {
  const written: string[] = [];
  const progress = new Progress({ write: (text) => written.push(text) }, 4);
  for (const event of syntheticHealth) progress.hear(event);
  progress.hear({ type: 'health', iteration: 0, signs: [{ sign: 'divergence', iteration: 0, seen: 'The loss is no number.', try: 'Lower "alignRate".' }] });
  expect(written).toHaveLength(4);
  expect(written[0]).toMatch(/^Health, iteration 2, marks: .* 41 of 96 .* Name a better assessor/);
  expect(written[3]).toBe('Health, stage 1, divergence: The loss is no number. Lower "alignRate".\n');
});

describe('the summary', () => {
  const end = (health?: typeof syntheticSigns) => summary({ ...syntheticReport(), ...health && { health } }).split('\n');

  test('ends with all of them', () => {
    const lines = end(syntheticSigns);
    expect(lines.slice(lines.indexOf('health') + 1).map((line) => line.slice(0, line.indexOf(':')))).toEqual(['  iteration 2, marks', '  iteration 3, marks', '  iteration 3, repeating']);
  });

  test('says where there is none, and nothing of a report that did not look', () => {
    expect(end([]).at(-1)).toBe('health: nothing to worry about');
    expect(end().join()).not.toContain('health');
  });
});
