/**
 * Multi-modal sequences: text tokens with the image's features in the place of its placeholder, many of them as one
 * batch padded on the right. Padding comes after everything real, so a causal mask alone hides it.
 */
import * as tf from '@tensorflow/tfjs';
import { ComdError } from '../errors';
import { gatherRows } from '../ops/gather-rows';
import type { ModelConfig } from './config';
import { connector } from './connector';
import type { Weights } from './weights';

export interface Sequence {
  /** Name of the image in the vision features. */
  image: string;
  /** Token ids with exactly one placeholder. */
  ids: readonly number[];
}

/** Throws `data/malformed-record` unless the ids hold the placeholder exactly once. */
export function checkPlaceholder(ids: readonly number[], imageToken: number, text: string): void {
  const found = ids.filter((id) => id === imageToken).length;
  if (found === 1) return;
  throw new ComdError('data/malformed-record', `The prompt ${JSON.stringify(text)} has ${found} places for an image instead of one.`,
    'Take the image placeholder out of the text; it is added where the chat template wants it.');
}

/** How many rows a sequence takes once the image is in it. */
export function expandedLength(ids: readonly number[], config: ModelConfig): number {
  return ids.length - 1 + config.imageTokens;
}

/**
 * Embeddings of a batch, `[sequences · tokens, hidden]`.
 * @param features of the sequences' images, in order: `[sequences · imageTokens, vision.hidden]`
 * @param tokens length that every sequence is padded to
 * @param pad id that fills the end of short ones
 */
export function embed(
  weights: Weights, config: ModelConfig, sequences: readonly Sequence[], features: tf.Tensor2D, tokens: number, pad: number,
): tf.Tensor2D {
  const { ids, order } = layOut(sequences, config, tokens, pad);
  const text = gatherRows(weights.get('language_model.model.embed_tokens.weight') as tf.Tensor2D, ids);
  const seen = connector(weights, config, features);
  return gatherRows(tf.concat([text, seen]), order);
}

/**
 * The text tokens of all sequences, padding included, and where each row of the batch comes from: text rows first,
 * image rows after them. Every row is used once, which keeps the gradient a plain permutation.
 */
function layOut(sequences: readonly Sequence[], config: ModelConfig, tokens: number, pad: number): { ids: number[]; order: number[] } {
  const ids: number[] = [];
  const order: number[] = [];
  const firstImageRow = sequences.length * (tokens - config.imageTokens);
  sequences.forEach((sequence, i) => {
    const end = order.length + tokens;
    for (const id of sequence.ids) {
      if (id === config.imageToken) {
        for (let j = 0; j < config.imageTokens; j++) order.push(firstImageRow + i * config.imageTokens + j);
      } else {
        order.push(ids.push(id) - 1);
      }
    }
    while (order.length < end) order.push(ids.push(pad) - 1);
  });
  return { ids, order };
}
