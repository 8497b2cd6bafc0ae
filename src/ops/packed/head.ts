/** A packed matrix as the head of the loss: frozen, and read a range of its rows at a time. */
import * as tf from '@tensorflow/tfjs';
import type { FrozenHead } from '../cross-entropy/cross-entropy';
import type { PackedMatrix } from './matrix';
import * as onWasm from './wasm';
import { multiplyRows, multiplyRowsBack } from './webgpu';

/** @param weight `[vocabulary, hidden]` */
export function frozenHead(weight: PackedMatrix): FrozenHead {
  // There the library's slices of integers go through floats, which do not hold all of a word.
  if (tf.getBackend() === 'webgpu') {
    return {
      vocabulary: weight.rows,
      scores: (hidden, first, width) => multiplyRows(hidden, weight, first, width),
      back: (dLogits, first) => multiplyRowsBack(dLogits, weight, first),
    };
  }
  return {
    vocabulary: weight.rows,
    scores: (hidden, first, width) => tf.tidy(() => onWasm.multiply(hidden, rangeOf(weight, first, width))),
    back: (dLogits, first) => tf.tidy(() => onWasm.multiplyBack(dLogits, rangeOf(weight, first, dLogits.shape[1]))),
  };
}

function rangeOf(weight: PackedMatrix, first: number, count: number): PackedMatrix {
  if (count === weight.rows) return weight;
  const own = (tensor: tf.Tensor2D): tf.Tensor2D => tf.slice(tensor, [first, 0], [count, tensor.shape[1]]);
  return { ...weight, rows: count, words: own(weight.words), scales: weight.scales && own(weight.scales) };
}
