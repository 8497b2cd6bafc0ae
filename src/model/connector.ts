/** The connector: brings vision features into the decoder's embedding space, by one linear layer or two. */
import type * as tf from '@tensorflow/tfjs';
import { activate } from '../ops/activation';
import { linear } from '../ops/matmul';
import type { ModelConfig } from './config';
import { hasSecondLinear } from './tensors';
import type { Weights } from './weights';

/**
 * @param features `[rows, vision.hidden]`
 * @returns `[rows, decoder.hidden]`
 */
export function connector(weights: Weights, config: ModelConfig, features: tf.Tensor2D): tf.Tensor2D {
  const layer = (name: string, x: tf.Tensor2D) => linear(
    x,
    weights.get(`multi_modal_projector.${name}.weight`),
    weights.has(`multi_modal_projector.${name}.bias`) ? weights.get(`multi_modal_projector.${name}.bias`) : undefined,
  );
  const first = layer('linear_1', features);
  return hasSecondLinear(weights) ? layer('linear_2', activate(config.connector.activation, first)) : first;
}
