import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assembleAll } from '../../../scripts/build-kernels';

test('the binaries are what their sources assemble to', { timeout: 120_000 }, async () => {
  for (const [file, bytes] of await assembleAll()) {
    const kept = readFileSync(new URL(`../../../src/ops/wasm/${file}`, import.meta.url));
    expect(Buffer.from(bytes).equals(kept), `${file}: run npx tsx scripts/build-kernels.ts`).toBe(true);
  }
});
