import { expect, test } from 'vitest';
import { unrolled } from '../../../src/ops/attention/unrolled';

const withoutSpace = (code: string): string => code.replace(/\s/g, '');

test('a loop up to a known count becomes its body as often, with the number in the counter\'s place', () => {
  const code = 'before; for (var part = 0u; part < PARTS; part++) { sums[part] += parts_of(part); } after;';
  expect(withoutSpace(unrolled(code, { PARTS: 2 }))).toBe('before;{sums[0u]+=parts_of(0u);}{sums[1u]+=parts_of(1u);}after;');
});

test('loops within loops are unrolled with them, and loops up to anything else stay', () => {
  const code = `for (var row = 0u; row < ROWS; row++) { for (var part = 0u; part < PARTS; part++) { q[row][part] = 0; } }
    for (var key = 0u; key < end; key++) { for (var row = 0u; row < ROWS; row++) { if (row < 1u) { go(key); } } }`;
  expect(withoutSpace(unrolled(code, { ROWS: 1, PARTS: 2 }))).toBe(withoutSpace(`{ { q[0u][0u] = 0; }{ q[0u][1u] = 0; } }
    for (var key = 0u; key < end; key++) { { if (0u < 1u) { go(key); } } }`));
});
