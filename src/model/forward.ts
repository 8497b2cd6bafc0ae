/** Whole sequences through the whole model: what training and the first pass of generation share. */
import type * as tf from '@tensorflow/tfjs';
import { causal } from '../ops/attention/attention';
import { decoder, headsOf, type Pass } from './decoder';
import type { SpeakingModel } from './model';
import { turnsOf } from './rope';
import { embed, type Sequence } from './sequence';
import type { VisionFeatures } from './vision-features';

/**
 * Hidden states that the output head reads, `[rows, hidden]`. Those of padding mean nothing.
 * @param tokens length that every sequence is padded to
 * @param more which of the `sequences · tokens` rows are wanted, and what else a pass may be told
 */
export function forward(
  model: SpeakingModel, features: VisionFeatures, sequences: readonly Sequence[], tokens: number,
  more: Pick<Pass, 'rows' | 'recompute' | 'remember'> = {},
): tf.Tensor2D {
  const { weights, config: { decoder: config } } = model;
  const x = embed(model, features, sequences, tokens);
  const turns = turnsOf(weights, config, sequences.length, tokens);
  const shape = { ...headsOf(config), batch: sequences.length, tokens };
  return decoder(weights, config, x, { shape, turns, mask: causal(config.window ?? Infinity), ...more });
}
