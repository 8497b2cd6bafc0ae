import { describe, expect, test } from 'vitest';
import { escapeHtml } from '../../../src/experiments/markup';
import { reportHtml } from '../../../src/experiments/report-html';
import { settingsOf } from '../../../src/presets';
import { syntheticReport, unjudgedReport } from '../../support/synthetic-run';

describe('a report as HTML', () => {
  const html = reportHtml(syntheticReport());

  test('asks for nothing outside itself', () => {
    expect(html).not.toMatch(/(src|href)=|url\(|@import|<script/);
  });

  test('draws loss, accuracy, pools and one histogram an assessed iteration', () => {
    expect(html.match(/<svg/g)).toHaveLength(3 + 3);
    expect(html.match(/tau 0\.33/g)).toHaveLength(3);
  });

  test('says the accuracies of every iteration, the baselines and the teacher', () => {
    for (const accuracy of ['42.0 %', '54.0 %', '66.0 %', '78.0 %', '19.0 %', '24.0 %', '86.0 %']) expect(html).toContain(accuracy);
  });

  test('lists every setting with its value', () => {
    const changed = reportHtml(syntheticReport({ ...settingsOf('emoji'), tau: 0.61 }));
    for (const name of Object.keys(settingsOf('emoji'))) expect(changed).toContain(`<th scope="row">${name}</th>`);
    expect(changed).toContain('<th scope="row">tau</th><td>0.61</td><td>0.33</td>');
  });

  test('counts dropped instructions by reason', () => {
    expect(html).toContain('<th scope="row">too similar</th><td>90</td>');
  });

  test('tells the strategy, and what each iteration cost', () => {
    expect(html).toContain('around difficult ones (strategy comd)');
    expect(html).toContain('<th scope="row">1</th><td>1,440</td><td>21,600</td><td>240</td><td>60</td><td>72,000</td><td>117.0</td>');
    expect(html).toContain('<th scope="row">Together</th><td>4,320</td><td>64,800</td><td>720</td><td>240</td><td>288,000</td><td>413.0</td>');
    for (const strategy of ['random', 'one-way', 'none'] as const) {
      expect(reportHtml(syntheticReport({ ...settingsOf('emoji'), strategy }))).toContain(`(strategy ${strategy})`);
    }
  });

  test('names the models that marked and wrote in the teacher\'s stead', () => {
    expect(html).not.toContain('as assessor');
    const other = { name: 'checker', parameters: 1000 };
    expect(reportHtml({ ...syntheticReport(), assessor: other })).toContain('with checker (1,000 parameters) as assessor');
    expect(reportHtml({ ...syntheticReport(), assessor: other, augmentor: { name: 'writer', parameters: 7 } }))
      .toContain('with checker (1,000 parameters) as assessor and writer (7 parameters) as augmentor');
    expect(reportHtml({ ...syntheticReport(), augmentor: other })).toContain(', with checker (1,000 parameters) as augmentor');
  });

  test('opens and closes each of its elements', () => {
    const open: string[] = [];
    for (const [, slash, name = '', own] of html.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
      if (own === '/' || ['meta'].includes(name)) continue;
      if (slash === '') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  test('shows text that looks like markup as text', () => {
    const report = syntheticReport();
    const hostile = reportHtml({ ...report, adapter: '<img src=x onerror=alert(1)>', teacher: { ...report.teacher, name: 'a"b', byType: { '<b>kind</b>': { accuracy: 1, items: 1 } } } });
    expect(hostile).not.toContain('<img');
    expect(hostile).not.toContain('<b>kind');
    expect(hostile).toContain('&lt;b&gt;kind&lt;/b&gt;');
  });

  test('says that there was nothing to judge on where there were no test items, and of no accuracy that it is 0 %', () => {
    const unjudged = reportHtml(unjudgedReport());
    expect(unjudged).toContain('There were no test items, so that no accuracy was measured.');
    expect(unjudged).toContain('aria-label="Accuracy by iteration: no test items"');
    expect(unjudged).toContain('<th scope="row">1</th><td>–</td><td>–</td>');
    expect(unjudged).not.toMatch(/\b0\.0 %|NaN|null|Accuracy by kind/);
  });

  test('is whole for a run that has no iterations yet and no losses', () => {
    const empty = reportHtml({ ...syntheticReport(), iterations: [], align: { pairs: 0, kept: 0, losses: [], seconds: 0 } });
    expect(empty).not.toMatch(/NaN|Infinity|undefined/);
  });
});

test('escaping leaves no character that HTML gives a meaning to', () => {
  expect(escapeHtml(`<a href="x" id='y'>&</a>`)).toBe('&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;&lt;/a&gt;');
});
