import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { experimentNames } from '../../../src/experiments/catalogue';
import { plan } from '../../../src/experiments/plan';
import { plotSvg } from '../../../src/experiments/plot-svg';
import { resultsOf } from '../../../src/experiments/results';
import { cell, resultsCsv, resultsJson } from '../../../src/experiments/results-file';
import { contentsHtml, resultsHtml } from '../../../src/experiments/results-html';
import { knownOf, wishOf } from '../../support/synthetic-outcomes';

const parse = (text: string): Record<string, string>[] => Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;

describe('results as CSV', () => {
  test('has a row for each run of each variant', () => {
    const wish = wishOf(2);
    const results = resultsOf('iterations', wish, knownOf('iterations', wish));
    const rows = parse(resultsCsv(results));
    expect(rows).toHaveLength(7 * 2);
    expect(rows[4]).toMatchObject({ experiment: 'iterations', variant: '2', x: '2', seed: '1', run: results.outcomes[0]?.run });
    expect(Number(rows[4]?.['accuracy'])).toBe(results.points[2]?.measured[0]?.value);
  });

  test('says of a run that failed why it did, and quotes what it says', () => {
    const wish = wishOf(1);
    const [run] = plan(['stage1'], wish);
    const failure = { run: run?.id ?? '', seed: 1, message: 'The page says "no",\nand ends.', remedy: '' };
    const results = resultsOf('stage1', wish, { outcomes: new Map(), failures: new Map([[failure.run, failure]]) });
    expect(parse(resultsCsv(results))).toEqual([expect.objectContaining({ variant: 'with', accuracy: '', error: failure.message }) as unknown]);
  });

  test('quotes a variant whose name has a comma', () => {
    expect(cell('raw, tau 1')).toBe('"raw, tau 1"');
    expect(cell(null)).toBe('');
  });

  test('gives any text back as it was', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é') }), { minLength: 2, maxLength: 5 }), (texts) => {
      const { data } = Papa.parse<string[]>(texts.map(cell).join(','), { delimiter: ',', newline: '\n' });
      // A line of nothing but one empty cell is no line to a reader; here there are two cells at least.
      expect(data[0]).toEqual(texts);
    }));
  });
});

describe('results as JSON', () => {
  test('say what was asked, and hold every run once', () => {
    const wish = wishOf(2);
    const read = JSON.parse(resultsJson(resultsOf('domain', wish, knownOf('domain', wish)))) as { experiment: { name: string; question: string }; wish: unknown; outcomes: unknown[]; points: unknown[] };
    expect(read.experiment.name).toBe('domain');
    expect(read.wish).toEqual(wish);
    expect([read.outcomes.length, read.points.length]).toEqual([2, 2]);
  });
});

describe('results as a page', () => {
  test.each(experimentNames)('leads from every point of %s to its runs, and from every run to its report', (name) => {
    const wish = wishOf(2);
    const results = resultsOf(name, wish, knownOf(name, wish));
    const html = resultsHtml(results);
    for (const { run } of results.outcomes) expect(html).toContain(`href="../runs/${run}/report.html"`);
    results.points.forEach((_, place) => {
      expect(html).toContain(`href="index.html#variant-${place}"`);
      expect(html).toContain(`id="variant-${place}"`);
    });
    expect(plotSvg(results)).toMatch(/^<svg [^>]*xmlns=/);
  });

  test('escapes what a failed run has said', () => {
    const wish = wishOf(1);
    const [run] = plan(['stage1'], wish);
    const failure = { run: run?.id ?? '', seed: 1, message: '<script>alert(1)</script>', remedy: '' };
    const html = resultsHtml(resultsOf('stage1', wish, { outcomes: new Map(), failures: new Map([[failure.run, failure]]) }));
    expect(html).not.toContain('<script>');
  });

  test('lists the experiments of a folder', () => {
    expect(contentsHtml(['tau', 'soft'])).toMatch(/tau\/index\.html[\s\S]*soft\/index\.html/);
  });
});
