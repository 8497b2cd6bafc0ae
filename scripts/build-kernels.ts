/**
 * Assembles the WASM kernels: those in AssemblyScript, `kernel.as.ts` in the folder of each op, as one module
 * (`src/ops/wasm/all.as.ts`) in four variants, and the older ones in `kernel.wat`.
 *
 *     npx tsx scripts/build-kernels.ts
 *
 * The binaries are kept with their sources, a few kilobytes each; a test sees that they belong together.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import wabt from 'wabt';

const folder = new URL('../src/ops/', import.meta.url);
const ops = ['batched-matmul', 'packed', 'strided'] as const;

/** File name to how the kernel imports its memory. The upper limit is all that 32 bits can address. */
const memories = { 'kernel.wasm': '(memory 1)', 'kernel-shared.wasm': '(memory 1 65536 shared)' };

/** Relaxed SIMD has the fused multiply-add; a memory that threads share must be declared as such. */
const variants = {
  'kernels.wasm': [],
  'kernels-shared.wasm': ['--enable', 'threads', '--sharedMemory'],
  'kernels-relaxed.wasm': ['--enable', 'relaxed-simd'],
  'kernels-relaxed-shared.wasm': ['--enable', 'relaxed-simd', '--enable', 'threads', '--sharedMemory'],
};

/** File name to bytes, of the kernels in AssemblyScript. Throws with the compiler's words. */
export async function assembleAll(): Promise<Map<string, Uint8Array>> {
  const all = new Map<string, Uint8Array>();
  for (const [file, flags] of Object.entries(variants)) all.set(file, await compile(flags));
  return all;
}

async function compile(flags: readonly string[]): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([
    fileURLToPath(new URL('wasm/all.as.ts', folder)), '--outFile', 'kernels.wasm', '-O3', '--noAssert', '--runtime', 'stub',
    '--importMemory', '--initialMemory', '1', '--maximumMemory', '65536', '--enable', 'simd', ...flags,
  ], { writeFile: (name, contents) => { if (name.endsWith('.wasm')) binary = contents as Uint8Array; } });
  if (error !== null || binary === undefined) throw new Error(`The kernels do not compile.\n${stderr.toString()}`);
  return binary;
}

/** File name to bytes, for one op in WAT. */
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
  for (const [file, bytes] of await assembleAll()) writeFileSync(new URL(`wasm/${file}`, folder), bytes);
}
