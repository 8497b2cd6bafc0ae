/**
 * `npm run bench:load`: how fast checkpoints load beside reading and uploading the same bytes raw, and how much memory that
 * takes; with `--train` also what a model of SmolVLM-256M's shape costs to ask and to adapt. In one run, in a real Chromium.
 *
 * Exit status: 0 when it was measured, 1 when it could not be, 2 when a flag was wrong.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { schemes, type Scheme } from '../src/settings';
import type { Cost } from './bench/cost';
import { type BenchPage, checksumsOf, weightFiles, withBenchPage } from './bench/drive';
import { type Case, inThread, measure, type Rate, rateLine } from './bench/rates';
import { ensureBrowser } from './browser';
import { root } from './built';
import { exitCode } from './exit-code';
import { numberIn, readFlags } from './flags';

const help = `npm run bench:load -- [--model DIR] [--json FILE]

  --model DIR   a folder in Hugging Face's layout (SmolVLM-256M's shape with random weights, made under build/)
  --json FILE   writes all figures there too
  --repeats N   how often raw reading and loading take turns (3)
  --only TEXT   only the rows whose source, backend and weights hold all of the words, as "kept wasm f32"
  --train       also asks the model and takes a step of low-rank adaptation, on WASM in f32 and int4`;

const flags = {
  model: { type: 'string' },
  json: { type: 'string' },
  repeats: { type: 'string', default: '3' },
  only: { type: 'string', default: '' },
  train: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

interface Total extends Cost {
  weights: Scheme;
  /** Of the WASM backend's memory in the end, which never shrinks. */
  heapBytes: number;
}

const say = (line: string): void => { process.stderr.write(`${line}\n`); };
const load = (): string => `load average ${loadavg().map((average) => average.toFixed(2)).join(' ')}`;

process.exit(await exitCode(async () => {
  const values = readFlags(process.argv.slice(2), flags);
  if (values.help) return console.log(help);
  const folder = values.model === undefined ? ensureShape() : resolve(values.model);
  const repeats = numberIn('repeats', values.repeats, 1, 100, true);
  const browser = ensureBrowser(say);
  const before = load();
  say(before);
  const figures = await withBenchPage(browser, folder, async (page) => ({
    rates: await ratesOf(page, folder, repeats, values.only.split(' ').filter(Boolean)),
    costs: values.train ? await costsOf(page) : [],
  }));
  say(load());
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ before, after: load(), ...figures }, null, 2)}\n`);
}));

function ensureShape(): string {
  const folder = join(root, 'build/smolvlm-256m-shape');
  // The file that is written last.
  if (!existsSync(join(folder, 'tokenizer_config.json'))) execFileSync(process.execPath, [...process.execArgv, join(root, 'scripts/make-smolvlm-shape.ts'), folder], { stdio: ['ignore', 'ignore', 'inherit'] });
  return folder;
}

async function ratesOf(page: BenchPage, folder: string, repeats: number, only: readonly string[]): Promise<Rate[]> {
  const files = await weightFiles(folder);
  const sums = await checksumsOf(folder, files);
  const kept = await page.call('keep', { kind: 'files' });
  const places: Pick<Case, 'source' | 'place' | 'hashed'>[] = [
    { source: 'files', place: { kind: 'files' }, hashed: false },
    { source: 'kept', place: { kind: 'kept', id: kept }, hashed: false },
    { source: 'http', place: page.served, hashed: false },
    { source: 'files', place: { kind: 'files', sums }, hashed: true },
  ];
  const rates: Rate[] = [];
  for (const backend of ['wasm', 'webgpu'] as const) {
    for (const place of places) {
      for (const weights of schemes) {
        // On a software adapter each takes a while, and tells little.
        if (backend === 'webgpu' && (place.source !== 'files' || place.hashed)) continue;
        if (!only.every((word) => [place.source, place.hashed ? 'hashed' : 'unhashed', backend, weights].includes(word))) continue;
        const rate = await measure(page, { ...place, backend }, weights, files, repeats);
        console.log(rateLine(rate));
        rates.push(rate);
      }
    }
  }
  return rates;
}

async function costsOf(page: BenchPage): Promise<Total[]> {
  const costs: Total[] = [];
  for (const weights of ['f32', 'int4'] as const) {
    const cost = await inThread(page, 'wasm', async () => ({
      weights, ...await page.call('cost', { kind: 'files' }, weights), heapBytes: await page.call('heapBytes'),
    }));
    console.log(costLine(cost));
    costs.push(cost);
  }
  return costs;
}

function costLine({ weights, loadSeconds, seeSeconds, firstTokenSeconds, tokensPerSecond, stepSeconds, stepTokens, loadedBytes, answerPeakBytes, trainingBytes, stepPeakBytes, heapBytes }: Total): string {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  return [
    `${weights}: load ${loadSeconds.toFixed(2)} s, one image ${seeSeconds.toFixed(1)} s, first token ${firstTokenSeconds.toFixed(2)} s, then ${tokensPerSecond.toFixed(1)} tokens/s, `
      + `LoRA step of ${stepTokens} tokens ${stepSeconds.toFixed(2)} s`,
    `  tensors: loaded ${megabytes(loadedBytes)}, with adapter and moments ${megabytes(trainingBytes)}; at most ${megabytes(answerPeakBytes)} in answering, ${megabytes(stepPeakBytes)} in a step; `
      + `WASM memory ${megabytes(heapBytes)}`,
  ].join('\n');
}
