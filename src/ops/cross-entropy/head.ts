/**
 * The output head of a language model as its loss sees it: scores of a range of the vocabulary at a time, and gradients of
 * scores on their way back. It knows no loss.
 */
import * as tf from '@tensorflow/tfjs';
import type { Side } from '../linear/kernels';
import { onDevice } from '../linear/on-device';
import { asTensor, uninitialised } from '../tensor';

/** A matrix that scores every token of the vocabulary, as it lies; or scores that are frozen. */
export type Head = { table: tf.Tensor2D } | { weight: tf.Tensor2D } | FrozenHead;

/** Scores by a function, for matrices that are packed. Their gradient reaches the hidden states alone. */
export interface FrozenHead {
  vocabulary: number;
  /** Scores of the tokens from `first` on, `[rows, width]`, as a new tensor. @param hidden `[rows, hidden]` */
  scores(hidden: tf.Tensor2D, first: number, width: number): tf.Tensor2D;
  /** The gradient of the hidden states, `[rows, hidden]`, as a new tensor. @param dLogits `[rows, width]` */
  back(dLogits: tf.Tensor2D, first: number): tf.Tensor2D;
}

/** A range of the vocabulary. */
export interface Range {
  first: number;
  width: number;
}

/** What the loss asks of a head. */
export interface Scorer {
  readonly vocabulary: number;
  /** What a gradient can be taken for beside the hidden states. */
  readonly matrix?: tf.Tensor2D;
  scores(hidden: tf.Tensor2D, range: Range): tf.Tensor2D;
  /** Adds this range's part to the gradient of the hidden states, and gives back the sum. @param sum of the ranges before it */
  back(dLogits: tf.Tensor2D, range: Range, sum?: tf.Tensor2D): tf.Tensor2D;
  /** Writes this range's part of the gradient of the matrix. */
  backToMatrix(dLogits: tf.Tensor2D, hidden: tf.Tensor2D, range: Range, gradient: tf.TensorInfo): void;
}

export function scorerOf(head: Head): Scorer {
  if ('table' in head) return new Matrix(head.table, true);
  return 'weight' in head ? new Matrix(head.weight, false) : new Frozen(head);
}

class Matrix implements Scorer {
  readonly vocabulary: number;
  readonly matrix: tf.Tensor2D;
  readonly #hidden: number;
  /** Tokens are its rows, as those of an embedding, or its columns. */
  readonly #byRow: boolean;

  constructor(matrix: tf.Tensor2D, byRow: boolean) {
    const [rows, columns] = matrix.shape;
    this.matrix = matrix;
    this.#byRow = byRow;
    [this.vocabulary, this.#hidden] = byRow ? [rows, columns] : [columns, rows];
  }

  scores(hidden: tf.Tensor2D, range: Range): tf.Tensor2D {
    const [m, k] = hidden.shape;
    const out = asTensor<tf.Tensor2D>(uninitialised([m, range.width]));
    const b = { ...this.#part(this.matrix, range), transposed: this.#byRow };
    onDevice().multiply({ a: { data: hidden, stride: k }, b, c: { data: out, stride: range.width }, m, k, n: range.width });
    return out;
  }

  back(dLogits: tf.Tensor2D, range: Range, sum?: tf.Tensor2D): tf.Tensor2D {
    const [m, k] = dLogits.shape;
    const n = this.#hidden;
    const out = sum ?? asTensor<tf.Tensor2D>(uninitialised([m, n]));
    const b = { ...this.#part(this.matrix, range), transposed: !this.#byRow };
    onDevice().multiply({ a: { data: dLogits, stride: k }, b, c: { data: out, stride: n }, m, k, n, adds: sum !== undefined });
    return out;
  }

  backToMatrix(dLogits: tf.Tensor2D, hidden: tf.Tensor2D, range: Range, gradient: tf.TensorInfo): void {
    const [k] = hidden.shape;
    const scores = { data: dLogits, stride: range.width };
    const states = { data: hidden, stride: this.#hidden };
    const c = this.#part(gradient, range);
    if (this.#byRow) onDevice().multiply({ a: { ...scores, transposed: true }, b: states, c, m: range.width, k, n: this.#hidden });
    else onDevice().multiply({ a: { ...states, transposed: true }, b: scores, c, m: this.#hidden, k, n: range.width });
  }

  /** Where the scores of a range lie in something shaped as the matrix. */
  #part(data: tf.TensorInfo, { first }: Range): Side {
    return this.#byRow ? { data, offset: first * this.#hidden, stride: this.#hidden } : { data, offset: first, stride: this.vocabulary };
  }
}

class Frozen implements Scorer {
  readonly vocabulary: number;
  readonly #head: FrozenHead;

  constructor(head: FrozenHead) {
    this.vocabulary = head.vocabulary;
    this.#head = head;
  }

  scores(hidden: tf.Tensor2D, { first, width }: Range): tf.Tensor2D {
    return this.#head.scores(hidden, first, width);
  }

  back(dLogits: tf.Tensor2D, { first }: Range, sum?: tf.Tensor2D): tf.Tensor2D {
    const part = this.#head.back(dLogits, first);
    return sum ? tf.add(sum, part) : part;
  }

  backToMatrix(): void {
    throw new Error('A frozen head has no matrix to take a gradient for.');
  }
}
