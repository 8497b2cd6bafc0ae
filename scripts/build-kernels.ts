/**
 * Assembles the WASM kernels: `kernel.wat` in the folder of each op, once for a memory of one thread and once for a shared one.
 *
 *     npx tsx scripts/build-kernels.ts
 *
 * The binaries are kept with their sources, a few kilobytes each; a test sees that they belong together.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import wabt from 'wabt';

const folder = new URL('../src/ops/', import.meta.url);
const ops = ['batched-matmul', 'packed', 'strided'] as const;

/** File name to how the kernel imports its memory. The upper limit is all that 32 bits can address. */
const memories = { 'kernel.wasm': '(memory 1)', 'kernel-shared.wasm': '(memory 1 65536 shared)' };

/** File name to bytes, for one op. */
export async function assemble(op: typeof ops[number] = 'batched-matmul'): Promise<Map<string, Uint8Array>> {
  const { parseWat } = await wabt();
  const source = readFileSync(new URL(`${op}/kernel.wat`, folder), 'utf8');
  return new Map(Object.entries(memories).map(([file, memory]) => {
    const module = parseWat('kernel.wat', source.replace('MEMORY', memory), { simd: true, threads: true });
    return [file, module.toBinary({}).buffer];
  }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const op of ops) {
    for (const [file, bytes] of await assemble(op)) writeFileSync(new URL(`${op}/${file}`, folder), bytes);
  }
}
