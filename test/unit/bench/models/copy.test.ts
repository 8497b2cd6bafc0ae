import { expect, test } from 'vitest';
import { copyRate } from '../../../../src/bench/models/copy';

test('the copy on WASM has a rate that memory can have', async () => {
  const rate = await copyRate('wasm');
  expect(rate).toBeGreaterThan(1e8);
  expect(rate).toBeLessThan(1e12);
});
