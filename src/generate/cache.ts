/**
 * Keys and values of the tokens that have gone through the decoder, layer by layer. A token's place is its position in its own
 * sequence, so there is nothing between a prompt and what follows it: new tokens overwrite the prompt's padding.
 */
import * as tf from '@tensorflow/tfjs';
import { headsOf, type Step } from '../model/decoder';
import type { DecoderConfig } from '../model/config/decoder';
import { attendNext, disposeCache, emptyCaches, pickSequences, storePrompts } from '../ops/decode/decode';
import type { Cache } from '../ops/decode/kernels';
import type { Turns } from '../ops/rotary/kernels';

/** Capacities are multiples of this: few different ones, whose buffers are used again. */
const BUCKET = 8;

export class KeyValueCache {
  readonly #config: DecoderConfig;
  readonly #tokens: number;
  /** Of every row of the prompts. */
  readonly #positions: tf.Tensor1D;
  #layers: Cache[];

  /**
   * @param tokens of a prompt, padding included
   * @param more how many new tokens of a sequence there is room for; throws `device/limit` where there is none
   */
  constructor(config: DecoderConfig, batch: number, tokens: number, more: number) {
    const capacity = Math.ceil((tokens + more) / BUCKET) * BUCKET;
    this.#config = config;
    this.#tokens = tokens;
    this.#layers = emptyCaches(config.layers, batch, capacity, headsOf(config));
    this.#positions = tf.keep(tf.tensor1d(Int32Array.from({ length: batch * tokens }, (_, row) => row % tokens), 'int32'));
  }

  /** Takes in the prompts, layer by layer: what a pass over them calls. @param qkv turned, `[batch · tokens, …]` */
  readonly remember = (layer: number, qkv: tf.Tensor2D): void => {
    storePrompts(qkv, this.#layers[layer] as Cache, this.#positions, this.#tokens, headsOf(this.#config));
  };

  /** A step of the decoder that takes in one new token of every sequence. @param turns of the tokens' positions */
  step(turns: Turns): Step {
    const { window } = this.#config;
    return { attend: (layer, qkv) => attendNext(qkv, this.#layers[layer] as Cache, turns, window ?? Infinity, headsOf(this.#config)) };
  }

  /** Keeps these sequences, in this order. */
  keepRows(sequences: readonly number[]): void {
    this.#layers.forEach((layer, i) => { this.#layers[i] = pickSequences(layer, sequences); });
  }

  dispose(): void {
    this.#positions.dispose();
    this.#layers.forEach(disposeCache);
    this.#layers = [];
  }
}
