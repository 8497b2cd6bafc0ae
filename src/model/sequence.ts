/**
 * Multi-modal sequences: text tokens with images' features in the places of their placeholders, many of them as one
 * batch padded on the right. Padding comes after everything real, so a causal mask alone hides it.
 */
import * as tf from '@tensorflow/tfjs';
import { ComdError } from '../errors';
import { gatherRows } from '../ops/gather-rows/gather-rows';
import { connector } from './connector';
import { embeddingName } from './decoder';
import type { SpeakingModel } from './model';
import type { VisionFeatures } from './vision-features';

export interface Sequence {
  /** Names of its images in the vision features, in the order in which they are shown. */
  images: readonly string[];
  /** Token ids with one placeholder for every row of an image. */
  ids: readonly number[];
}

/**
 * Embeddings of a batch, `[sequences · tokens, hidden]`.
 * @param tokens length that every sequence is padded to
 */
export function embed(model: SpeakingModel, features: VisionFeatures, sequences: readonly Sequence[], tokens: number): tf.Tensor2D {
  const { weights, config, tokenizer } = model;
  const images = sequences.flatMap((sequence) => sequence.images);
  const { ids, order } = layOut(sequences, config.connector?.placeholder, tokens, Math.min(tokenizer.pad, config.decoder.vocabulary - 1));
  const stranger = ids.find((id) => id >= config.decoder.vocabulary);
  if (stranger !== undefined) throw foreignToken(stranger, config.decoder.vocabulary);
  const text = weights.rows(embeddingName, ids);
  if (config.connector === null || images.length === 0) return text;
  const seen = connector(weights, config.connector, features.rows(images));
  if (seen.shape[0] !== order.length - ids.length) throw mismatched(seen.shape[0], order.length - ids.length);
  return gatherRows(tf.concat([text, seen]), order);
}

/**
 * The text tokens of all sequences, padding included, and where each row of the batch comes from: text rows first,
 * image rows after them. Every row is used once, which keeps the gradient a plain permutation.
 */
function layOut(sequences: readonly Sequence[], placeholder: number | undefined, tokens: number, pad: number): { ids: number[]; order: number[] } {
  const isImage = (id: number): boolean => id === placeholder;
  const imageRows = sequences.reduce((sum, { ids }) => sum + ids.filter(isImage).length, 0);
  let nextImageRow = sequences.length * tokens - imageRows;
  const ids: number[] = [];
  const order: number[] = [];
  for (const sequence of sequences) {
    const end = order.length + tokens;
    for (const id of sequence.ids) order.push(isImage(id) ? nextImageRow++ : ids.push(id) - 1);
    while (order.length < end) order.push(ids.push(pad) - 1);
  }
  return { ids, order };
}

function mismatched(rows: number, places: number): ComdError {
  return new ComdError('checkpoint/unsupported', `The images of a prompt take ${rows} tokens, but the prompt has ${places} places for them.`,
    'The tokenizer and config.json disagree about the image token: use the files of one and the same checkpoint.');
}

/** Fine-tunes often carry tokens that were never given an embedding, and never use them. */
function foreignToken(id: number, vocabulary: number): ComdError {
  return new ComdError('checkpoint/shape', `The prompt holds a token with id ${id}, but config.json gives the decoder ${vocabulary} embeddings.`,
    'Use the tokenizer that belongs to these weights.');
}
