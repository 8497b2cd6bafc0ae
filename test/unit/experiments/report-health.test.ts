/** The signs of a run in its report as a page. */
import { expect, test } from 'vitest';
import { watched } from '../../../src/comd/health';
import { reportHtml } from '../../../src/experiments/report-html';
import { syntheticSigns } from '../../support/health';
import { syntheticReport } from '../../support/synthetic-run';

const html = (health?: typeof syntheticSigns) => reportHtml({ ...syntheticReport(), ...health && { health } });

test('each is told with its iteration, what was seen and what to try, escaped', () => {
  const page = html(syntheticSigns);
  expect(page).toContain('<strong>Iteration 3, repeating.</strong> 310 of 420');
  expect(page).toContain('Try: Name a better assessor');
  expect(page).toContain('&lt;other&gt;');
  expect(page).not.toContain('Nothing to worry about.');
});

test('a run without any has nothing to worry about, and says what was watched', () => {
  const page = html([]);
  expect(page).toContain('Nothing to worry about.');
  for (const { watches } of watched) expect(page).toContain(watches);
});

test('a report of a version that did not look says nothing of it', () => {
  expect(html()).not.toContain('Health');
});
