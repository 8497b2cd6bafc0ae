import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { casesFor } from '../../../../src/app/speed/cases';
import { reportText } from '../../../../src/app/speed/report';
import { figure, hindranceOf, progressText, verdict } from '../../../../src/app/speed/words';
import { count } from '../../../../src/app/format';
import { parameters, tokensOf } from '../../../../src/bench/work';
import { hardware, speedRow } from '../../../support/fake-speed';

const cases = casesFor(hardware, false);
/** Training and decoding, ours and stock, on WebGPU and then on WASM. */
const rows = cases.map((of) => speedRow(of, { ours: 20, stock: 124 }[of.implementation] * { webgpu: 1, wasm: 10 }[of.backend]));

describe('the verdict', () => {
  test('is of the backend on which this project trains fastest, beside stock TensorFlow.js', () => {
    expect(verdict(rows)).toBe('On WebGPU your device trains 26,000 tokens a second, 6.2 times stock TensorFlow.js on the same device. '
      + 'It decodes 50 a second, 6.2 times stock TensorFlow.js.');
  });

  test('leaves out what was not measured', () => {
    expect(verdict(rows.filter(({ work, implementation }) => work === 'train llama' && implementation === 'ours'))).toBe('On WebGPU your device trains 26,000 tokens a second.');
    expect(verdict(rows.filter(({ implementation }) => implementation === 'stock'))).toBe('');
    expect(verdict([])).toBe('');
  });
});

test('progress names the case, and what is done of it', () => {
  const entries = cases.map((of) => ({ of, outcome: null }));
  expect(progressText(entries, { place: 3, doing: 'steps' })).toBe('Measuring 4 of 8: one training step on WASM, stock TensorFlow.js.');
  expect(progressText(entries, { place: 0, doing: 'product' })).toContain('1 of 8: one training step on WebGPU, this project. First its largest matrix product.');
});

test('a run that is under way, or about to be, hinders measuring; one that is paused does not', () => {
  expect(hindranceOf('running', null, false)).toContain('distillation');
  expect(hindranceOf('paused', 'resume', false)).toContain('distillation');
  expect(hindranceOf('idle', 'open', false)).toContain('Looking');
  expect([hindranceOf('paused', null, false), hindranceOf('finished', 'download', false), hindranceOf('idle', null, false)]).toEqual([null, null, null]);
  for (const state of ['idle', 'paused', 'finished'] as const) expect(hindranceOf(state, null, true)).toMatch(/^Experiments.*stop them first/);
});

test('figures have three digits that mean something', () => {
  expect([0.0512, 5.1234, 99.95, 120.4, 25_600].map(figure)).toEqual(['0.0512', '5.12', '100', '120', '25,600']);
});

test('the file holds rows and failures apart, as the terminal writes them', () => {
  const [first, second] = cases;
  const failure = { work: 'train llama', backend: 'webgpu', runtime: 'page', implementation: 'stock', reason: 'No.' } as const;
  const entries = [{ of: first!, outcome: rows[0]! }, { of: second!, outcome: failure }, { of: second!, outcome: null }];
  const report = JSON.parse(reportText({ browser: 'a browser', processors: '8 logical', adapter: hardware }, entries)) as unknown;
  expect(report).toEqual({ browser: 'a browser', processors: '8 logical', adapter: 'acme rdna', rows: [rows[0]], failures: [failure] });
});

test('the screen tells the size of what is measured', () => {
  const text = readFileSync('src/app/view/speed/Measure.tsx', 'utf8');
  expect(text).toContain(`${count(parameters('llama'))} parameters`);
  expect(text).toContain(`${tokensOf('train')} tokens`);
});
