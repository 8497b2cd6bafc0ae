/**
 * The k likeliest tokens of every row with their log-probabilities: what a teacher's soft targets are made of. The vocabulary
 * is scored a range at a time, and each range is read back and searched on the processor: few rows, once per record, and the
 * same choice on either backend, the lowest id first among equals.
 */
import * as tf from '@tensorflow/tfjs';
import { LOGITS, rangesOf } from '../cross-entropy/by-range';
import { type Head, type Range, scorerOf } from '../cross-entropy/head';
import { onDevice } from '../cross-entropy/on-device';
import { asTensor, uninitialised } from '../tensor';

export interface Likeliest {
  /** `[rows, k]`, the likeliest first. */
  ids: Int32Array<ArrayBuffer>;
  /** `[rows, k]`, of the whole vocabulary, at temperature 1. */
  logProbs: Float32Array<ArrayBuffer>;
}

/**
 * @param hidden `[rows, hidden]`, one row at least
 * @param k at most as many as there are tokens to choose from
 * @param tokens that are chosen from, by id from 0: a head may score more than the tokenizer knows
 * @param most logits at a time
 */
export async function likeliest(hidden: tf.Tensor2D, head: Head, k: number, tokens: number, most = LOGITS): Promise<Likeliest> {
  const [rows] = hidden.shape;
  const scorer = scorerOf(head);
  const found = { ids: new Int32Array(rows * k), logProbs: new Float32Array(rows * k).fill(-Infinity) };
  const labels = tf.zeros([rows], 'int32');
  const state = asTensor(uninitialised([rows, 3]));
  for (const range of rangesOf(rows, scorer.vocabulary, most)) {
    const logits = tf.tidy(() => scorer.scores(hidden, range));
    onDevice().absorb({ logits, first: range.first }, state, labels);
    const numbers = await logits.data<'float32'>();
    logits.dispose();
    search(numbers as Float32Array, range, Math.min(range.width, tokens - range.first), found, k);
  }
  const { loss, logSums: sums } = onDevice().finish(state);
  const logSums = asTensor(sums);
  const logs = await logSums.data();
  tf.dispose([labels, state, logSums, asTensor(loss)]);
  // Until here they are logits.
  found.logProbs.forEach((logit, i) => { found.logProbs[i] = logit - (logs[Math.floor(i / k)] as number); });
  return found;
}

/** Takes the first `count` columns of a range into what has been found, where the rest of a row is −∞. */
function search(logits: Float32Array, { first, width }: Range, count: number, { ids, logProbs }: Likeliest, k: number): void {
  for (let row = 0; row * width < logits.length; row++) {
    const last = (row + 1) * k - 1;
    for (let column = 0; column < count; column++) {
      const logit = logits[row * width + column] as number;
      if (!(logit > (logProbs[last] as number))) continue;
      let place = last;
      for (; place > row * k && logit > (logProbs[place - 1] as number); place--) {
        logProbs[place] = logProbs[place - 1] as number;
        ids[place] = ids[place - 1] as number;
      }
      logProbs[place] = logit;
      ids[place] = first + column;
    }
  }
}
