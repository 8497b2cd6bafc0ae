/** Keys and values of the tokens that have gone through the decoder, layer by layer. */
import * as tf from '@tensorflow/tfjs';
import type { KeyValues, Remember } from '../model/decoder';
import { gatherRows } from '../ops/gather-rows';

export class KeyValueCache {
  #layers: KeyValues[] = [];

  /** Joins a layer's fresh keys and values to those it holds and returns all of them. */
  readonly remember: Remember = (layer, fresh) => {
    const held = this.#layers[layer];
    const all = held
      ? { keys: tf.concat([held.keys, fresh.keys], 2), values: tf.concat([held.values, fresh.values], 2) }
      : fresh;
    this.#replace(layer, all);
    return all;
  };

  /** Keeps these rows of the batch, in this order. */
  keepRows(rows: readonly number[]): void {
    const pick = (x: tf.Tensor4D): tf.Tensor4D => {
      const [batch, ...rest] = x.shape;
      return tf.tidy(() => tf.reshape(gatherRows(tf.reshape(x, [batch, -1]) as tf.Tensor2D, rows), [rows.length, ...rest]));
    };
    this.#layers.forEach(({ keys, values }, layer) => this.#replace(layer, { keys: pick(keys), values: pick(values) }));
  }

  dispose(): void {
    for (const held of this.#layers) tf.dispose([held.keys, held.values]);
    this.#layers = [];
  }

  #replace(layer: number, next: KeyValues): void {
    const held = this.#layers[layer];
    tf.keep(next.keys);
    tf.keep(next.values);
    this.#layers[layer] = next;
    if (held) tf.dispose([held.keys, held.values]);
  }
}
