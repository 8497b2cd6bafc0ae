/**
 * TensorFlow.js' own product on the WASM backend, done by the kernels of `linear/`: single matrices and batches, transposed or
 * not. The stock kernel rearranges each matrix that it has not seen before, and multiplies batches and transposed matrices in
 * plain loops, some ten times slower. Imported for its effect; other backends are left as they are.
 */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { onWasm } from '../linear/wasm';
import { addressOf, uninitialised } from '../wasm-heap';
import { WORTHWHILE, inParallel } from '../wasm/threads';

/** Matrices of one shape that follow each other in a tensor. */
interface Batch {
  data: tf.TensorInfo;
  transposed: boolean;
  /** As they lie. */
  rows: number;
  columns: number;
  count: number;
  /** Axes before the last two. */
  axes: number[];
}

const stock = tf.getKernel('BatchMatMul', 'wasm');

tf.unregisterKernel('BatchMatMul', 'wasm');
tf.registerKernel({
  ...stock,
  kernelFunc: (call) => {
    const { a, b } = call.inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
    const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
    const [left, right] = [batchOf(a, transposeA), batchOf(b, transposeB)];
    return fits(left, right) ? multiply(left, right) : stock.kernelFunc(call);
  },
});

function batchOf(data: tf.TensorInfo, transposed: boolean): Batch {
  const axes = data.shape.slice(0, -2);
  const [rows, columns] = data.shape.slice(-2) as [number, number];
  return { data, transposed, rows, columns, axes, count: tf.util.sizeFromShape(axes) };
}

/** Whether none is empty, and each matrix of one has its own of the other, or all have the same. */
function fits(a: Batch, b: Batch): boolean {
  const isEmpty = [...a.data.shape, ...b.data.shape].includes(0);
  const isFloat = a.data.dtype === 'float32' && b.data.dtype === 'float32';
  return isFloat && !isEmpty && (a.axes.join() === b.axes.join() || a.count === 1 || b.count === 1);
}

function multiply(a: Batch, b: Batch): tf.TensorInfo {
  const [m, k] = a.transposed ? [a.columns, a.rows] : [a.rows, a.columns];
  const n = b.transposed ? b.rows : b.columns;
  const out = uninitialised([...tf.broadcast_util.assertAndGetBroadcastShape(a.axes, b.axes), m, n], 'float32');
  const count = Math.max(a.count, b.count);
  // Rows that all meet the same matrix are rows of one product.
  if (count === 1 || (b.count === 1 && !a.transposed)) {
    onWasm.multiply({
      a: { data: a.data, stride: a.columns, transposed: a.transposed },
      b: { data: b.data, stride: b.columns, transposed: b.transposed },
      c: { data: out, stride: n }, m: count * m, k, n,
    });
  } else {
    multiplyEach(a, b, out, count, [m, k, n]);
  }
  return out;
}

function multiplyEach(a: Batch, b: Batch, out: tf.TensorInfo, count: number, [m, k, n]: [number, number, number]): void {
  const [nextA, nextB, nextC] = [a.count === 1 ? 0 : m * k, b.count === 1 ? 0 : k * n, m * n];
  const [atA, atB, atC] = [addressOf(a.data), addressOf(b.data), addressOf(out)];
  inParallel('multiplyBatch', count, Math.ceil(WORTHWHILE / (m * k * n)), (from, to) => [
    to - from, nextA, nextB, nextC,
    atA + 4 * from * nextA, a.columns, Number(a.transposed), atB + 4 * from * nextB, b.columns, Number(b.transposed),
    atC + 4 * from * nextC, n, m, k, n,
  ]);
}
