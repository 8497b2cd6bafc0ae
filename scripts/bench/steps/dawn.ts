/**
 * The measurement in Node on Dawn, as one script with the flags of `npm run bench`: for a machine with a GPU and without a
 * browser. Each case is measured in a process of its own, which is this same script again.
 */
import './dawn-globals';
import { odometer } from '../../../src/bench/instruments';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Open } from '../../../src/bench/contender';
import { measure, productRate, type Measured, type ProductOn } from '../../../src/bench/measure';
import { measureModel, measurePeaks } from '../../../src/bench/models/in-thread';
import type { ModelMeasured, Peaks } from '../../../src/bench/models/measured';
import type { ModelCase } from '../../../src/bench/models/work';
import { open as openOurs } from '../../../src/bench/ours';
import type { Case } from '../../../src/bench/row';
import { open as openStock } from '../../../src/bench/stock';
import type { Implementation } from '../../../src/bench/work';
import { inWords, isSoftware, requestAdapter } from '../../../src/device/webgpu';
import { exitCode } from '../../exit-code';
import { casesOf } from './implementations';
import { modelCasesOf } from './model-cases';
import { run } from './run';
import { runModels, together } from './run-models';
import { tableOf } from './table';
import { help, readWishes } from './wishes';

/** What a process of its own is told to do, as the value of this variable of its environment. */
const orderName = 'COMD_BENCH_ORDER';
type Order = { measure: Case; steps: number } | { product: Implementation; on: ProductOn } | { model: ModelCase; steps: number } | { peaks: ModelCase; on: ProductOn };

const openers: Partial<Record<Implementation, Open>> = { ours: openOurs, stock: openStock };
const say = (line: string): void => { process.stderr.write(`${line}\n`); };

async function main(): Promise<void> {
  const wishes = readWishes(['--runtime', 'dawn', ...process.argv.slice(2)]);
  if (wishes === 'help') return console.log(help);
  const adapter = await requestAdapter();
  if (adapter === null) throw new Error(noAdapter);
  say(`Adapter: ${inWords(adapter.info)}`);
  const cases = casesOf({ ...wishes, runtime: 'dawn' });
  const models = modelCasesOf({ ...wishes, runtime: 'dawn' });
  const software = isSoftware(adapter);
  const others = await run(cases, wishes.steps, {
    software,
    measure: (of, steps) => apart<Measured>({ measure: of, steps }),
    product: (implementation, _, on) => apart({ product: implementation, on }),
  }, say);
  const results = together(others, await runModels(models, wishes.steps, {
    software, model: (of, steps) => apart<ModelMeasured>({ model: of, steps }), peaks: (of, on) => apart<Peaks>({ peaks: of, on }),
  }, say));
  for (const line of tableOf(results.rows)) console.log(line);
  if (wishes.json !== undefined) {
    await writeFile(wishes.json, `${JSON.stringify({ node: process.version, adapter: inWords(adapter.info), ...results }, null, 2)}\n`);
  }
  if (results.failures.length > 0) throw new Error(`${results.failures.length} of ${cases.length + models.length} could not be measured: see above.`);
}

const noAdapter = 'Dawn finds no adapter. On Linux it needs the Vulkan loader (Debian: libvulkan1) and a driver; '
  + 'VK_DRIVER_FILES names one, as /usr/lib/chromium/vk_swiftshader_icd.json does for Chromium\'s software adapter.';

async function apart<T>(order: Order): Promise<T> {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(import.meta.url)], {
    env: { ...process.env, [orderName]: JSON.stringify(order) }, maxBuffer: 2 ** 26,
  });
  // Libraries may have talked before.
  const { value, error } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { value?: T; error?: string };
  if (error !== undefined) throw new Error(error);
  return value as T;
}

async function obey(order: Order): Promise<unknown> {
  // Nothing is served here; what would need it is not among the cases.
  if ('model' in order) return await measureModel(order.model, order.steps, '');
  if ('peaks' in order) return await measurePeaks(order.peaks, order.on);
  const implementation = 'measure' in order ? order.measure.implementation : order.product;
  const open = openers[implementation];
  if (open === undefined) throw new Error(`${implementation} does not run here.`);
  const contender = await open('webgpu');
  return 'measure' in order ? await measure(contender, order.measure.task, order.measure.architecture, order.steps, odometer)
    : { rate: await productRate(contender, order.on), device: contender.device };
}

async function answer(order: Order): Promise<void> {
  const outcome = await obey(order).then((value) => ({ value }), (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }));
  process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0));
}

const order = process.env[orderName];
if (order === undefined) process.exit(await exitCode(main));
else await answer(JSON.parse(order) as Order);
