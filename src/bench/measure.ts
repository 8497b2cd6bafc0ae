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
const warmUpSteps = 3;

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

/** Of the same batch again and again: it begins at that of guessing and falls. Throws otherwise. */
export function checkLosses(losses: readonly number[]): void {
  const guessing = Math.log(shape.vocabulary);
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

async function measured(warmUp: number[], steps: number, odometer: Odometer, step: (number: number) => Promise<unknown>): Promise<Measured> {
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

/** The product that tells of a backend's best, and how often it is done before anything is waited for. */
const products = { wasm: { size: 1024, times: 1 }, software: { size: 256, times: 1 }, hardware: { size: 4096, times: 8 } } as const;
export type ProductOn = keyof typeof products;

/** Floating point operations a second of a large product: the best of three calls. */
export async function productRate(contender: Contender, on: ProductOn): Promise<number> {
  const { size, times } = products[on];
  const multiply = await contender.product(size, times);
  await multiply();
  let best = Infinity;
  for (let i = 0; i < 3; i++) {
    const begin = performance.now();
    await multiply();
    best = Math.min(best, performance.now() - begin);
  }
  return times * 2 * size ** 3 / (best / 1000);
}
