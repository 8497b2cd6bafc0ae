/** A packed matrix as the head of the loss: frozen, and read a range of its rows at a time. */
import * as tf from '@tensorflow/tfjs';
import type { FrozenHead } from '../cross-entropy/cross-entropy';
import type { PackedMatrix } from './matrix';
import { onDevice } from './on-device';

/** @param weight `[vocabulary, hidden]` */
export function frozenHead(weight: PackedMatrix): FrozenHead {
  return {
    vocabulary: weight.rows,
    scores: (hidden, first, width) => tf.tidy(() => onDevice().multiply(hidden, rangeOf(weight, first, width))),
    back: (dLogits, first) => tf.tidy(() => onDevice().multiplyBack(dLogits, rangeOf(weight, first, dLogits.shape[1]))),
  };
}

function rangeOf(weight: PackedMatrix, first: number, count: number): PackedMatrix {
  if (count === weight.rows) return weight;
  const own = (tensor: tf.Tensor2D): tf.Tensor2D => tf.slice(tensor, [first, 0], [count, tensor.shape[1]]);
  return { ...weight, rows: count, words: own(weight.words), scales: weight.scales && own(weight.scales) };
}
