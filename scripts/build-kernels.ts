/**
 * Assembles the WASM kernels, which are written in AssemblyScript, `kernel.as.ts` in the folder of each op, as one module
 * (`src/ops/wasm/all.as.ts`) in four variants.
 *
 *     npx tsx scripts/build-kernels.ts
 *
 * The binaries are kept with their sources, a few kilobytes each; a test sees that they belong together.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = new URL('../src/ops/wasm/', import.meta.url);

/**
 * Relaxed SIMD has the fused multiply-add; a memory that threads share must be declared as such. The upper limit of every memory
 * is all that 32 bits can address.
 */
const variants = {
  'kernels.wasm': [],
  'kernels-shared.wasm': ['--enable', 'threads', '--sharedMemory'],
  'kernels-relaxed.wasm': ['--enable', 'relaxed-simd'],
  'kernels-relaxed-shared.wasm': ['--enable', 'relaxed-simd', '--enable', 'threads', '--sharedMemory'],
};

/** File name to bytes. Throws with the compiler's words. */
export async function assembleAll(): Promise<Map<string, Uint8Array>> {
  const all = new Map<string, Uint8Array>();
  for (const [file, flags] of Object.entries(variants)) all.set(file, await compile(flags));
  return all;
}

async function compile(flags: readonly string[]): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([
    fileURLToPath(new URL('all.as.ts', folder)), '--outFile', 'kernels.wasm', '-O3', '--noAssert', '--runtime', 'stub',
    '--importMemory', '--initialMemory', '1', '--maximumMemory', '65536', '--enable', 'simd', ...flags,
  ], { writeFile: (name, contents) => { if (name.endsWith('.wasm')) binary = contents as Uint8Array; } });
  if (error !== null || binary === undefined) throw new Error(`The kernels do not compile.\n${stderr.toString()}`);
  return binary;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [file, bytes] of await assembleAll()) writeFileSync(new URL(file, folder), bytes);
}
