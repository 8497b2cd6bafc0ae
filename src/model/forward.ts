/** Whole sequences through the whole model: what training and the first pass of generation share. */
import type * as tf from '@tensorflow/tfjs';
import { causalMask } from '../ops/attention';
import { rotationOf } from '../ops/rotary';
import { decoder, type Remember } from './decoder';
import type { SpeakingModel } from './model';
import { rotaryFrequencies } from './rope';
import { embed, type Sequence } from './sequence';
import type { VisionFeatures } from './vision-features';

/**
 * Hidden states that the output head reads, `[rows, hidden]`. Those of padding mean nothing.
 * @param tokens length that every sequence is padded to
 * @param rows which of the `sequences · tokens` rows are wanted; all by default
 * @param remember sees every layer's keys and values
 */
export function forward(
  model: SpeakingModel, features: VisionFeatures, sequences: readonly Sequence[], tokens: number,
  rows?: readonly number[], remember?: Remember,
): tf.Tensor2D {
  const config = model.config.decoder;
  const x = embed(model, features, sequences, tokens);
  const positions = sequences.flatMap(() => Array.from({ length: tokens }, (_, position) => position));
  const rotation = rotationOf(positions, rotaryFrequencies(config));
  // Who packs a model is short of memory: beside packed weights the layers' intermediate results would take the most of it.
  const recompute = model.scheme !== 'f32' && remember === undefined;
  const pass = { batch: sequences.length, tokens, rotation, mask: causalMask(tokens, config.window ?? Infinity), rows, recompute };
  return decoder(model.weights, config, x, pass, remember);
}
