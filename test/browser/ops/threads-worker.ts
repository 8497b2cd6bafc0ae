/** Products on one thread and on several, as a worker computes them: a page's own thread may not wait. */
import * as tf from '@tensorflow/tfjs';
import { openDevice } from '../../../src/device/device';
import { attention, causal } from '../../../src/ops/attention/attention';
import { onWasm } from '../../../src/ops/linear/wasm';
import { rmsNorm } from '../../../src/ops/norm/norm';
import { swiglu } from '../../../src/ops/activation/activation';
import { packedLinear } from '../../../src/ops/packed/packed';
import { addressOf, heap, uninitialised } from '../../../src/ops/wasm-heap';
import { asTensor } from '../../../src/ops/tensor';
import { inParallel, useThreads } from '../../../src/ops/wasm/threads';
import { randomTensor } from '../../support/gradient';
import { packedSchemes, randomPacked } from '../../support/packed';

/** What the page learns of a product. */
export interface Compared {
  product: string;
  threads: number;
  isEqual: boolean;
}

type Product = [name: string, compute: () => tf.Tensor];

/** Large enough to be shared out, and odd. */
const sizes: [number, number, number][] = [[67, 257, 195], [257, 195, 67], [3, 515, 2003], [13, 701, 301]];

self.onmessage = ({ data }: MessageEvent<'compare' | 'hurry'>) => void (data === 'compare' ? compareAll() : hurry());

async function compareAll(): Promise<void> {
  await openDevice('wasm');
  const all = [...sizes.flatMap(products), ...packedSchemes.flatMap(packedProducts), ...others()];
  const alone = await computed(all, 1);
  for (const threads of [2, 4]) {
    const together = await computed(all, threads);
    const compared = all.map(([product], i): Compared => ({ product, threads, isEqual: isSame(alone[i], together[i]) }));
    self.postMessage(compared);
  }
}

/** Thousands of jobs too small to share, so that helpers come late, early and at the same time. Tells how many came out wrong. */
async function hurry(): Promise<void> {
  await openDevice('wasm');
  await ready(4);
  const [from, to] = [uninitialised([2, 16], 'float32'), uninitialised([16], 'float32')].map(addressOf) as [number, number];
  let wrong = 0;
  for (let job = 0; job < 20_000; job++) {
    const input = new Float32Array(heap().buffer, from, 32).fill(job);
    const sums = new Float32Array(input.buffer, to, 16).fill(-1);
    inParallel('sumRows', 16, 1, (first, end) => [from + 4 * first, 16, 2, end - first, to + 4 * first]);
    if (sums.some((sum) => sum !== 2 * job)) wrong++;
  }
  self.postMessage(wrong);
}

async function ready(threads: number): Promise<void> {
  if (await useThreads(threads) < threads) throw new Error('The helpers do not come up.');
}

async function computed(all: Product[], threads: number): Promise<Float32Array[]> {
  await ready(threads);
  return await Promise.all(all.map(([, compute]) => compute().data<'float32'>()));
}

function products([m, k, n]: [number, number, number]): Product[] {
  const size = `${m}×${k}×${n}`;
  const [a, b, weight] = [randomTensor<tf.Rank.R2>([m, k], 'a'), randomTensor([k * n], 'b'), randomTensor<tf.Rank.R2>([k, 2 * n], 'w')];
  const [bias, residual] = [randomTensor<tf.Rank.R1>([n], 'bias'), randomTensor<tf.Rank.R2>([m, n], 'residual')];
  const multiply = (transposedA: boolean, transposedB: boolean): tf.Tensor => {
    const out = uninitialised([m, n], 'float32');
    onWasm.multiply({
      a: { data: a, stride: transposedA ? m : k, transposed: transposedA },
      b: { data: b, stride: transposedB ? k : n, transposed: transposedB },
      c: { data: out, stride: n }, m, k, n, bias, residual,
    });
    return asTensor(out);
  };
  return [
    [`${size}, A·B`, () => multiply(false, false)],
    [`${size}, A·Bᵀ`, () => multiply(false, true)],
    [`${size}, Aᵀ·B`, () => multiply(true, false)],
    [`${size}, gated`, () => asTensor(onWasm.multiplyGated(a, weight).out)],
    [`sums of ${k}×${2 * n}`, () => asTensor(onWasm.sumRows(weight))],
  ];
}

function packedProducts(scheme: (typeof packedSchemes)[number]): Product[] {
  const { packed } = randomPacked(scheme, 333, 419);
  return [1, 3, 21].flatMap((m): Product[] => {
    const x = randomTensor<tf.Rank.R2>([m, 419], 'x');
    return [
      [`${m} rows by ${scheme}`, () => packedLinear(x, packed)],
      [`${m} rows by ${scheme}, the gradient`, () => tf.grad((input) => packedLinear(input as tf.Tensor2D, packed))(x)],
    ];
  });
}

/** What is shared out by heads, rows and columns, with its gradients. */
function others(): Product[] {
  const shape = { batch: 3, tokens: 70, heads: 4, kvHeads: 2, headDim: 20 };
  const qkv = randomTensor<tf.Rank.R2>([210, 160], 'qkv');
  const [x, weight] = [randomTensor<tf.Rank.R2>([701, 430], 'x'), randomTensor<tf.Rank.R1>([430], 'weight')];
  return [
    ['attention', () => attention(qkv, shape, causal())],
    ['attention, the gradient', () => tf.grad((input) => attention(input as tf.Tensor2D, shape, causal()))(qkv)],
    ['a norm', () => rmsNorm(x, weight, 1e-5)],
    ['a norm, the gradient of its gain', () => tf.grad((gain) => rmsNorm(x, gain, 1e-5))(weight)],
    ['a gate', () => swiglu(x)],
    ['a gate, the gradient', () => tf.grad((gates) => swiglu(gates as tf.Tensor2D))(x)],
  ];
}

function isSame(a: Float32Array | undefined, b: Float32Array | undefined): boolean {
  return a !== undefined && b !== undefined && a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
