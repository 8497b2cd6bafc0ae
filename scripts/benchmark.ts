/**
 * `npm run benchmark`: asks a model the items of a published benchmark in a real Chromium by the page's own code. The table
 * goes to the standard output, everything else beside it.
 *
 * Exit status: 0 when there is a score, 1 when there could be none, 2 when a flag was wrong.
 */
import { stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ComdError } from '../src/errors';
import { type Benchmark, firstOf } from '../src/evaluate/benchmarks/benchmark';
import { openLlavaBench } from '../src/evaluate/benchmarks/llava-bench/open';
import { scoreReviews } from '../src/evaluate/benchmarks/llava-bench/reviews';
import type { BenchmarkResult } from '../src/evaluate/benchmarks/result';
import { run } from '../src/evaluate/benchmarks/run';
import { openScienceQa } from '../src/evaluate/benchmarks/scienceqa/open';
import { openSeedBench } from '../src/evaluate/benchmarks/seed-bench/open';
import { resultTable } from '../src/evaluate/benchmarks/table';
import type { ModelInfo } from '../workers/protocol';
import { abilitiesOf } from './benchmark-abilities';
import { BenchmarkFolder } from './benchmark-folder';
import { benchmarkHelp, type BenchmarkOptions, parseBenchmark } from './benchmark-options';
import { ensureBrowser } from './browser';
import { ensureBuilt, serve } from './built';
import { exitCode } from './exit-code';
import { LoadBar } from './load-bar';
import { type ModelsPage, withModelsPage } from './models-page';
import { StageLine } from './stage-line';

const say = (line: string): void => { process.stderr.write(`${line}\n`); };

process.exit(await exitCode(async () => {
  const options = parseBenchmark(process.argv.slice(2));
  if (options.help) return console.log(benchmarkHelp);
  await checkFolderOf(options.json);
  const folder = await BenchmarkFolder.open(options.data);
  const result = options.reviews === null ? await ask(await opened(options, folder), folder, options) : await scoreReviews(folder, options.reviews);
  if (options.json !== null) await writeFile(options.json, `${JSON.stringify(result, null, 1)}\n`);
  console.log(resultTable(result));
}));

async function checkFolderOf(json: string | null): Promise<void> {
  if (json === null || (await stat(dirname(resolve(json))).catch(() => undefined))?.isDirectory()) return;
  throw new ComdError('settings/invalid', `There is no folder for "${json}".`, 'Give --json a file in a folder that is there.');
}

/** Throws `data/malformed-record` where nothing is left to ask. */
async function opened({ benchmark: name, split, normalisation, limit }: BenchmarkOptions, folder: BenchmarkFolder): Promise<Benchmark> {
  const openers: Record<BenchmarkOptions['benchmark'], () => Promise<Benchmark>> = {
    scienceqa: () => openScienceQa(folder, split), 'seed-bench': () => openSeedBench(folder, normalisation), 'llava-bench': () => openLlavaBench(folder),
  };
  const benchmark = await openers[name]();
  const [first] = benchmark.refused;
  if (benchmark.items.length === 0) {
    throw new ComdError('data/malformed-record', `${benchmark.name} holds nothing that can be asked${first === undefined ? '' : `; of "${first.id}": ${first.reason}`}.`, 'Look whether the folder is whole; docs/benchmarks.md says what lies in it.');
  }
  return limit === null ? benchmark : firstOf(benchmark, limit);
}

async function ask(benchmark: Benchmark, folder: BenchmarkFolder, options: BenchmarkOptions): Promise<BenchmarkResult> {
  const { backend, model, assessor, maxNewTokens, seed } = options;
  const browser = ensureBrowser(say);
  await ensureBuilt(say);
  const served = await serve();
  const bar = new LoadBar(process.stderr);
  const line = new StageLine(process.stderr);
  try {
    return await withModelsPage({
      browser, url: served.url, webgpu: backend === 'webgpu',
      hear(event) { if (event.type === 'shard') bar.move(event.file, event.loaded, event.total); },
    }, async (models) => {
      const load = (place: string): Promise<ModelInfo> => bar.during(() => open(models, place, options));
      checkSight(await load(model), benchmark);
      return run(benchmark, abilitiesOf({
        models, pathOf: (file) => folder.pathOf(file),
        answering: { temperature: 0, maxNewTokens, seed },
        reviewing: { temperature: 0.2, maxNewTokens: 1024, seed },
        ...(assessor === null ? {} : { openAssessor: () => load(assessor) }),
      }), (stage, done, of) => line.tell(stage, done, of));
    });
  } finally {
    line.end();
    await served.close();
  }
}

/** Loads a model in place of the one that is held. Throws `checkpoint/unsupported` for a bare vision tower. */
async function open(models: ModelsPage, place: string, { backend, weights }: BenchmarkOptions): Promise<ModelInfo> {
  const info = await models.call('open', await models.place(place, 'model'), { backend, weights });
  if (!info.speaks) throw new ComdError('checkpoint/unsupported', `${info.name} (${info.family}) cannot be asked: it has no decoder.`, 'Give a model that answers.');
  say(`${info.name}: ${info.family}, ${info.parameters.toLocaleString('en-US')} parameters, ${info.backend} on ${info.adapter}`);
  return info;
}

function checkSight({ name, family, sees }: ModelInfo, { name: benchmark, items }: Benchmark): void {
  if (sees || items.every(({ image }) => image === null)) return;
  throw new ComdError('checkpoint/unsupported', `${name} (${family}) sees no images, and ${benchmark} shows some.`, 'Give a model with a vision tower.');
}
