/**
 * Rows for tokens that an embedding has not learned yet: each is the mean of the old rows, so that a new token
 * hardly moves the probabilities of the others (Hewitt, "Initializing new word embeddings for pretrained language
 * models", 2021). The old rows pass by in slices and are not kept.
 */
import { elementBytes, type FloatType, fromFloat32, toFloat32 } from '../dtype';

export class NewRows {
  readonly #dtype: FloatType;
  readonly #sum: Float64Array;
  /** How many have passed. */
  rows = 0;

  /** @param width numbers in a row */
  constructor(dtype: FloatType, width: number) {
    this.#dtype = dtype;
    this.#sum = new Float64Array(width);
  }

  /** Takes whole rows into account. */
  pass(bytes: Uint8Array): void {
    const width = this.#sum.length;
    const numbers = toFloat32(this.#dtype, bytes);
    for (let i = 0; i < numbers.length; i++) this.#sum[i % width] = (this.#sum[i % width] as number) + (numbers[i] as number);
    this.rows += numbers.length / width;
  }

  /** `count` new rows in the embedding's own type. */
  bytes(count: number): Uint8Array<ArrayBuffer> {
    const mean = Float32Array.from(this.#sum, (sum) => sum / this.rows);
    const row = fromFloat32(this.#dtype, mean);
    const all = new Uint8Array(count * mean.length * elementBytes[this.#dtype]);
    for (let i = 0; i < count; i++) all.set(row, i * row.length);
    return all;
  }
}
