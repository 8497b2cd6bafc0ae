/**
 * Decodes continuations of many prompts at once with a key-value cache. What a request gets depends on nothing but
 * the request: prompts share a batch only with prompts of the same padded length, so that every sum over a row runs
 * over the same number of terms in whatever company it is computed. On WASM the products of plain weights also run over them in
 * the same order, to the bit. Only up to rounding does it hold where few rows are multiplied in another order than many: with
 * packed weights on WASM (one row, up to 4, more), and on WebGPU (up to 8 rows, more), where a close choice between two tokens
 * may fall differently in a batch of another size.
 */
import * as tf from '@tensorflow/tfjs';
import { decodeStep, embeddingName, outputHead } from '../model/decoder';
import { forward } from '../model/forward';
import type { SpeakingModel } from '../model/model';
import { chatTurn } from '../model/prompt';
import { turnsAt } from '../model/rope';
import type { Sequence } from '../model/sequence';
import type { VisionFeatures } from '../model/vision-features';
import { giveBack } from '../ops/webgpu-pass';
import { stream } from '../random';
import type { GenerateOptions, GenerateRequest, Generation, PromptLogits } from '../../workers/protocol';
import { KeyValueCache } from './cache';
import { sample, samplingOf } from './sample';

/** Requests that are decoded together at most. */
const BATCH = 64;
/** Prompt lengths are padded to a multiple of this: few different shapes, little padding. */
const BUCKET = 8;

/** A request on its way through the decoder. */
interface Row extends Sequence {
  draw: () => number;
  out: number[];
}

/**
 * One continuation per request, in order. Throws `data/malformed-record` on a prompt that holds a placeholder of its own.
 * @param onTokens called after every step, with what each row of the batch under way has so far
 */
export async function generate(
  model: SpeakingModel, features: VisionFeatures, requests: readonly GenerateRequest[], options: GenerateOptions,
  onTokens: (outs: readonly number[][]) => void = () => undefined,
): Promise<Generation[]> {
  const rows = requests.map((request) => rowOf(model, features, request, options.seed));
  for (const [tokens, group] of byPaddedLength(rows)) {
    for (let from = 0; from < group.length; from += BATCH) {
      await decode(model, features, group.slice(from, from + BATCH), tokens, options, onTokens);
    }
  }
  return rows.map(({ out }) => ({ text: model.tokenizer.decode(out).trim(), tokens: out.length }));
}

/** The ids that a request's prompt becomes, and the scores of the token after it. */
export async function promptLogits(model: SpeakingModel, features: VisionFeatures, request: GenerateRequest): Promise<PromptLogits> {
  const row = rowOf(model, features, request, 0);
  const logits = tf.tidy(() => outputHead(model.weights, model.config.decoder, forward(model, features, [row], row.ids.length, { rows: [row.ids.length - 1] })));
  const lastLogits = Float32Array.from(await logits.data<'float32'>());
  logits.dispose();
  return { inputIds: [...row.ids], lastLogits };
}

function rowOf(model: SpeakingModel, features: VisionFeatures, { key, images, prompt }: GenerateRequest, seed: number): Row {
  const { ids } = chatTurn(model, features, prompt, images);
  return { images, ids, draw: stream(seed, key), out: [] };
}

function byPaddedLength(rows: readonly Row[]): Map<number, Row[]> {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const tokens = Math.ceil(row.ids.length / BUCKET) * BUCKET;
    groups.set(tokens, [...groups.get(tokens) ?? [], row]);
  }
  return groups;
}

/** Runs one batch to its end; every row's `out` is filled. */
async function decode(
  model: SpeakingModel, features: VisionFeatures, all: Row[], tokens: number, options: GenerateOptions, onTokens: (outs: readonly number[][]) => void,
): Promise<void> {
  const sampling = samplingOf(options);
  const cache = new KeyValueCache(model.config.decoder, all.length, tokens, options.maxNewTokens);
  try {
    let batch = all;
    let logits = prefill(model, features, batch, tokens, cache);
    // What prompts took is many times what a token takes.
    giveBack();
    for (let count = 1; ; count++) {
      const next = await sample(logits, sampling, batch.map(({ draw }) => draw));
      batch.forEach(({ out }, i) => { if (!ended(out, model)) out.push(next[i] as number); });
      onTokens(all.map(({ out }) => out));
      const active = batch.flatMap(({ out }, i) => ended(out, model) ? [] : [i]);
      if (active.length === 0 || count >= options.maxNewTokens) return;
      // Copying the cache costs about as much as a step, so finished rows go when they are half of the batch.
      if (active.length <= batch.length / 2) {
        cache.keepRows(active);
        batch = active.map((i) => batch[i] as Row);
      }
      logits = step(model, batch, count, cache);
    }
  } finally {
    cache.dispose();
  }
}

function ended(out: readonly number[], { tokenizer }: SpeakingModel): boolean {
  const last = out.at(-1);
  return last !== undefined && tokenizer.ends.includes(last);
}

/** All prompts at once; scores of each row's first new token. */
function prefill(model: SpeakingModel, features: VisionFeatures, batch: readonly Row[], tokens: number, { remember }: KeyValueCache): tf.Tensor2D {
  return tf.tidy(() => {
    const rows = batch.map(({ ids }, i) => i * tokens + ids.length - 1);
    return outputHead(model.weights, model.config.decoder, forward(model, features, batch, tokens, { rows, remember }));
  });
}

/** The `count`-th new token of every row goes in; scores of the one after it come out. */
function step({ weights, config }: SpeakingModel, batch: readonly Row[], count: number, cache: KeyValueCache): tf.Tensor2D {
  return tf.tidy(() => {
    const x = weights.rows(embeddingName, batch.map(({ out }) => out.at(-1) as number));
    const turns = turnsAt(weights, config.decoder, Int32Array.from(batch, ({ ids }) => ids.length + count - 1));
    return outputHead(weights, config.decoder, decodeStep(weights, config.decoder, x, cache.step(turns)));
  });
}
