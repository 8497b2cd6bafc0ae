/**
 * What a model would have said in the place of each token of given answers: the soft targets that it leaves for a student. It
 * goes over an answer as training does, the right tokens before each place, and learns nothing.
 */
import * as tf from '@tensorflow/tfjs';
import { headOf } from '../model/decoder';
import { forward } from '../model/forward';
import type { SpeakingModel } from '../model/model';
import type { Sequence } from '../model/sequence';
import type { VisionFeatures } from '../model/vision-features';
import { type Likeliest, likeliest } from '../ops/soft-targets/likeliest';
import type { SoftTarget, TrainingExample } from '../../workers/protocol';
import { type Batch, batchOf } from './batch';
import { partsOf } from './parts';

/** Examples that go through the model together at most. */
const AT_ONCE = 32;

/**
 * One soft target per example, in order. Throws `data/malformed-record` as training does.
 * @param k tokens that are kept for each place; fewer where the model has no more
 */
export async function scoreTargets(
  model: SpeakingModel, features: VisionFeatures, examples: readonly TrainingExample[], k: number,
): Promise<SoftTarget[]> {
  if (examples.length === 0) return [];
  const batch = batchOf(model, features, examples);
  const { weights, config, tokenizer } = model;
  const tokens = Math.min(config.decoder.vocabulary, tokenizer.vocabulary);
  const kept = Math.min(k, tokens);
  const scored = new Map<Sequence, SoftTarget>();
  for (const part of partsOf(batch, AT_ONCE)) {
    const hidden = tf.tidy(() => forward(model, features, part.sequences, part.tokens, { rows: part.labelRows }));
    const found = await likeliest(hidden, headOf(weights, config.decoder), kept, tokens);
    hidden.dispose();
    for (const [sequence, soft] of bySequence(part, found, kept)) scored.set(sequence, soft);
  }
  return batch.sequences.map((sequence) => scored.get(sequence) as SoftTarget);
}

/** Rows of a sequence follow each other. */
function* bySequence(part: Batch, { ids, logProbs }: Likeliest, k: number): Generator<[Sequence, SoftTarget]> {
  const { sequences, labelRows, labels } = part;
  let from = 0;
  for (const [place, sequence] of sequences.entries()) {
    const count = labelRows.filter((row) => Math.floor(row / part.tokens) === place).length;
    const to = from + count;
    const tokens = Int32Array.from(labels.slice(from, to));
    yield [sequence, { tokens, k, ids: ids.slice(from * k, to * k), logProbs: logProbs.slice(from * k, to * k) }];
    from = to;
  }
}
