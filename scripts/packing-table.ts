/**
 * `npx tsx scripts/packing-table.ts`: the table of docs/checkpoints.md, in Markdown: bytes and errors of every scheme, for
 * each family's fixture, for SmolLM2-135M where `scripts/fetch-smollm2.ts` has fetched it, and for SmolVLM-256M's shape
 * where `npm run bench:load` or `scripts/make-smolvlm-shape.ts` has made it.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runnerImport } from 'vite';
import { adapters, families } from '../test/support/families';
import type * as packing from './bench/packing';
import { root } from './built';
import { smollm2 } from './fetch-smollm2';

// Kernels and shaders are imported as Vite understands it.
const { module: { packingsOf, shownIn } } = await runnerImport<typeof packing>(join(root, 'scripts/bench/packing.ts'), { configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });

console.log('| model | scheme | bytes on the device | of f32 | weights | logits | loss |\n|---|---|---|---|---|---|---|');

const towers = ['clip', 'clip-vision', 'siglip', 'siglip-vision'];
const folders = [...new Set(families.map(([folder]) => folder)), ...towers].filter((folder) => !adapters.includes(folder));
for (const folder of folders) {
  const path = join(root, 'test/fixtures', folder);
  print(folder, await packingsOf(path, await shownIn(join(path, 'expected.json'))));
}

const shape = join(root, 'build/smolvlm-256m-shape');
if (existsSync(shape)) print('SmolVLM-256M\'s shape, random weights', await packingsOf(shape, { images: [], ids: Array.from({ length: 64 }, (_, i) => 3 + i * 37 % 256) }));

const real = smollm2();
if (real !== undefined) {
  const { ids } = JSON.parse(await readFile(join(root, 'test/fixtures/smollm2.json'), 'utf8')) as { ids: number[] };
  print('SmolLM2-135M-Instruct', await packingsOf(real, { images: [], ids }, ids));
}
process.exit(0);

function print(name: string, packings: readonly packing.Packing[]): void {
  const whole = packings[0]?.bytes ?? 1;
  for (const { scheme, bytes, weightError, outputError, loss } of packings) {
    const cells = [name, scheme, bytes.toLocaleString('en-US'), `${(100 * bytes / whole).toFixed(0)} %`, error(weightError), error(outputError), loss?.toFixed(4) ?? ''];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

function error(share: number): string {
  return share === 0 ? '0' : `${(100 * share).toPrecision(2)} %`;
}
