/**
 * Measures one contender at one work: first a few steps that are left out and looked at for sense, then those that count.
 * It knows no implementation.
 */
import { between, type Counts, type Odometer } from './odometer';
import type { Contender } from './contender';
import { batchNumber, prompt, shape, type Architecture, type Task } from './work';

export interface Measured {
  /** What came out of the first steps: the losses of one batch, or the tokens after the prompt. */
  warmUp: number[];
  milliseconds: number[];
  /** Of each step. */
  counts: Counts[];
  peakBytes: number;
}

/** Steps that compile, fill pools and are checked: counts repeat from the third on. */
export const warmUpSteps = 3;

/** How far the first loss may be from that of guessing. */
const tolerance = 0.5;

/** Throws where what comes out makes no sense: a step that computes rubbish is not fast. */
export async function measure(contender: Contender, task: Task, architecture: Architecture, steps: number, odometer: Odometer): Promise<Measured> {
  return task === 'train'
    ? await measureTraining(await contender.trainer(architecture), steps, odometer)
    : await measureDecoding(await contender.decoder(architecture), steps, odometer);
}

async function measureTraining(step: Awaited<ReturnType<Contender['trainer']>>, steps: number, odometer: Odometer): Promise<Measured> {
  const losses: number[] = [];
  for (let i = 0; i < warmUpSteps; i++) losses.push(await step(batchNumber(0)));
  checkLosses(losses);
  return await measured(losses, steps, odometer, async (number) => {
    const loss = await step(batchNumber(number));
    if (!Number.isFinite(loss)) throw new Error(`The loss of measured step ${number} is ${loss}.`);
  });
}

/** Of the same batch again and again: it begins at that of guessing a token and falls. Throws otherwise. */
export function checkLosses(losses: readonly number[], vocabulary: number = shape.vocabulary): void {
  const guessing = Math.log(vocabulary);
  const [first = Number.NaN, last = Number.NaN] = [losses[0], losses.at(-1)];
  const list = losses.map((loss) => loss.toFixed(3)).join(', ');
  if (!(Math.abs(first - guessing) < tolerance)) throw new Error(`The first loss is not near ${guessing.toFixed(3)}, that of guessing: ${list}.`);
  if (!(last < first)) throw new Error(`The loss does not fall on the same batch: ${list}.`);
}

async function measureDecoding(next: () => Promise<number>, wanted: number, odometer: Odometer): Promise<Measured> {
  const one = async (): Promise<number> => {
    const token = await next();
    if (!(Number.isInteger(token) && token >= 0 && token < shape.vocabulary)) throw new Error(`The decoded token is ${token}.`);
    return token;
  };
  const tokens: number[] = [];
  for (let i = 0; i < warmUpSteps; i++) tokens.push(await one());
  return await measured(tokens, Math.min(wanted, longestDecoding()), odometer, one);
}

/** Tokens that still fit behind the prompt and the warm-up. */
function longestDecoding(): number {
  return shape.tokens - prompt.length - warmUpSteps - 1;
}

/** Takes the steps that count, from number 1 on. @param warmUp what came out of those before */
export async function measured(warmUp: number[], steps: number, odometer: Odometer, step: (number: number) => Promise<unknown>): Promise<Measured> {
  const milliseconds: number[] = [];
  const counts: Counts[] = [];
  odometer.forgetPeak();
  for (let number = 1; number <= steps; number++) {
    const before = odometer.read();
    const begin = performance.now();
    await step(number);
    milliseconds.push(performance.now() - begin);
    counts.push(between(before, odometer.read()));
  }
  const errors = counts.reduce((sum, count) => sum + count.errors, 0);
  if (errors > 0) throw new Error(`The device refused ${errors} operations.`);
  return { warmUp, milliseconds, counts, peakBytes: odometer.bytes().peak };
}

/** Sides of the products that tell of a backend's best, ascending, and how often each is done before anything is waited for. */
const products = { wasm: { sizes: [1024], times: 1 }, software: { sizes: [256], times: 1 }, hardware: { sizes: [1024, 2048, 4096], times: 8 } } as const;
export type ProductOn = keyof typeof products;

/** The next product takes eight times as long, and a GPU that is busy for seconds passes for one that hangs. */
const largestMs = 250;

/** Floating point operations a second: the best of the products that the device is quick enough for. @param calls of each */
export async function productRate(contender: Contender, on: ProductOn, calls = 3): Promise<number> {
  const { sizes, times } = products[on];
  let best = 0;
  for (const size of sizes) {
    const milliseconds = await quickest(await contender.product(size, times), calls);
    best = Math.max(best, times * 2 * size ** 3 / (milliseconds / 1000));
    if (milliseconds > largestMs) break;
  }
  return best;
}

/** Milliseconds of the best of some calls, after one that is left out. */
async function quickest(multiply: () => Promise<void>, calls: number): Promise<number> {
  await multiply();
  let best = Infinity;
  for (let i = 0; i < calls; i++) {
    const begin = performance.now();
    await multiply();
    best = Math.min(best, performance.now() - begin);
  }
  return best;
}
