/**
 * Decodes continuations of many prompts at once with a key-value cache. What a request gets depends on nothing but
 * the request: prompts share a batch only with prompts of the same padded length, so that every sum over a row runs
 * over the same number of terms in whatever company it is computed.
 */
import * as tf from '@tensorflow/tfjs';
import { decoder, outputHead } from '../model/decoder';
import { forward } from '../model/forward';
import type { Llava } from '../model/llava';
import { checkPlaceholder, expandedLength, type Sequence } from '../model/sequence';
import type { VisionFeatures } from '../model/vision-features';
import { HIDDEN } from '../ops/attention';
import { gatherRows } from '../ops/gather-rows';
import { rotationOf } from '../ops/rotary';
import { stream } from '../random';
import { chatPrompt, templateOf } from '../text/chat';
import type { GenerateOptions, GenerateRequest, Generation } from '../../workers/protocol';
import { KeyValueCache } from './cache';
import { sample } from './sample';

/** Requests that are decoded together at most. */
const BATCH = 64;
/** Prompt lengths are padded to a multiple of this: few different shapes, little padding. */
const BUCKET = 8;

/** A request on its way through the decoder. */
interface Row extends Sequence {
  /** Rows of the prompt once the image is in it. */
  length: number;
  draw: () => number;
  out: number[];
}

/** One continuation per request, in order. Throws `data/malformed-record` on a prompt that holds a placeholder of its own. */
export async function generate(
  model: Llava, features: VisionFeatures, requests: readonly GenerateRequest[], options: GenerateOptions,
): Promise<Generation[]> {
  const rows = requests.map((request) => rowOf(model, request, options.seed));
  for (const [tokens, group] of byPaddedLength(rows)) {
    for (let from = 0; from < group.length; from += BATCH) {
      await decode(model, features, group.slice(from, from + BATCH), tokens, options);
    }
  }
  return rows.map(({ out }) => ({ text: model.tokenizer.decode(out).trim(), tokens: out.length }));
}

function rowOf(model: Llava, { key, image, prompt }: GenerateRequest, seed: number): Row {
  const { tokenizer, config, meta } = model;
  const text = chatPrompt(templateOf(meta.tokenizerConfig), prompt, true, tokenizer.specials);
  const ids = tokenizer.encode(text);
  checkPlaceholder(ids, config.imageToken, prompt);
  return { image, ids, length: expandedLength(ids, config), draw: stream(seed, key), out: [] };
}

function byPaddedLength(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const tokens = Math.ceil(row.length / BUCKET) * BUCKET;
    groups.set(tokens, [...groups.get(tokens) ?? [], row]);
  }
  return groups;
}

/** Runs one batch to its end; every row's `out` is filled. */
async function decode(model: Llava, features: VisionFeatures, all: Row[], tokens: number, options: GenerateOptions): Promise<void> {
  const cache = new KeyValueCache();
  try {
    let batch = all;
    let logits = prefill(model, features, batch, tokens, cache);
    for (let count = 1; ; count++) {
      const next = await sample(logits, options.temperature, batch.map(({ draw }) => draw));
      batch.forEach(({ out }, i) => { if (!ended(out, model)) out.push(next[i] as number); });
      const active = batch.flatMap(({ out }, i) => ended(out, model) ? [] : [i]);
      if (active.length === 0 || count >= options.maxNewTokens) return;
      // Copying the cache costs about as much as a step, so finished rows go when they are half of the batch.
      if (active.length <= batch.length / 2) {
        cache.keepRows(active);
        batch = active.map((i) => batch[i] as Row);
      }
      logits = step(model, batch, tokens, count, cache);
    }
  } finally {
    cache.dispose();
  }
}

function ended(out: readonly number[], { tokenizer }: Llava): boolean {
  return out.at(-1) === tokenizer.eos;
}

/** All prompts at once; scores of each row's first new token. */
function prefill(model: Llava, features: VisionFeatures, batch: readonly Row[], tokens: number, cache: KeyValueCache): tf.Tensor2D {
  return tf.tidy(() => {
    const last = batch.map(({ length }, i) => i * tokens + length - 1);
    return outputHead(model.weights, model.config.decoder, forward(model, features, batch, tokens, last, cache.remember));
  });
}

/** The `count`-th new token of every row goes in; scores of the one after it come out. */
function step(model: Llava, batch: readonly Row[], tokens: number, count: number, cache: KeyValueCache): tf.Tensor2D {
  const { weights, config } = model;
  return tf.tidy(() => {
    const x = gatherRows(weights.get('language_model.model.embed_tokens.weight') as tf.Tensor2D, batch.map(({ out }) => out.at(-1) as number));
    const positions = batch.map(({ length }) => length + count - 1);
    const rotation = rotationOf(positions, config.decoder.headDim, config.decoder.theta);
    const mask = paddingMask(batch, tokens, count);
    const hidden = decoder(weights, config.decoder, x, { batch: batch.length, tokens: 1, rotation, mask }, cache.remember);
    return outputHead(weights, config.decoder, hidden);
  });
}

/** Hides the padding between each row's prompt and its first new token, `[batch, 1, 1, tokens + count]`. */
function paddingMask(batch: readonly Row[], tokens: number, count: number): tf.Tensor {
  const keys = tokens + count;
  const mask = new Float32Array(batch.length * keys);
  batch.forEach(({ length }, i) => mask.fill(HIDDEN, i * keys + length, i * keys + tokens));
  return tf.tensor(mask, [batch.length, 1, 1, keys]);
}
