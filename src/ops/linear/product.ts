/**
 * The products of a linear map and of its gradient, as new tensors on the backend in use. They are not on the tape: see
 * `linear.ts`. A matrix without rows gives an empty product, or zeros.
 */
import * as tf from '@tensorflow/tfjs';
import type { Product } from './kernels';
import { onDevice } from './on-device';
import { asTensor, uninitialised } from '../tensor';

/** `x·weight (+ bias) (+ residual)`. @param x `[m, k]` @param weight `[k, n]` @returns `[m, n]` */
export function product(x: tf.Tensor, weight: tf.Tensor, { bias, residual }: Pick<Product, 'bias' | 'residual'>): tf.Tensor2D {
  const [m, k] = x.shape as [number, number];
  const n = weight.shape[1] as number;
  return filled(m, n, k, (c) => ({ a: matrix(x), b: matrix(weight), c, m, k, n, bias, residual }));
}

/** `dy·weightᵀ`. @param dy `[m, n]` @param weight `[k, n]` @returns `[m, k]` */
export function productBack(dy: tf.Tensor, weight: tf.Tensor): tf.Tensor2D {
  const [m, k] = dy.shape as [number, number];
  const n = weight.shape[0] as number;
  return filled(m, n, k, (c) => ({ a: matrix(dy), b: { ...matrix(weight), transposed: true }, c, m, k, n }));
}

/** `xᵀ·dy`. @param x `[m, k]` @param dy `[m, n]` @returns `[k, n]` */
export function productOfRows(x: tf.Tensor, dy: tf.Tensor): tf.Tensor2D {
  const [k, m] = x.shape as [number, number];
  const n = dy.shape[1] as number;
  return filled(m, n, k, (c) => ({ a: { ...matrix(x), transposed: true }, b: matrix(dy), c, m, k, n }));
}

/** Sums over the rows of `[m, n]`, `[n]`. */
export function sumOfRows(x: tf.Tensor): tf.Tensor1D {
  const [m, n] = x.shape as [number, number];
  return m === 0 ? tf.zeros([n]) : asTensor(onDevice().sumRows(x));
}

function matrix(data: tf.Tensor): { data: tf.Tensor; stride: number } {
  return { data, stride: data.shape[1] as number };
}

function filled(m: number, n: number, k: number, into: (c: Product['c']) => Product): tf.Tensor2D {
  if (m * n * k === 0) return tf.zeros([m, n]);
  const data = uninitialised([m, n]);
  onDevice().multiply(into({ data, stride: n }));
  return asTensor(data);
}
