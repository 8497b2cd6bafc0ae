/** The connector: brings vision features into the decoder's embedding space, by one linear layer or two. */
import type * as tf from '@tensorflow/tfjs';
import { activate } from '../ops/activation/activation';
import type { ConnectorConfig } from './config/config';
import { hasSecondLinear } from './tensors';
import { under, type Weights } from './weights';

/**
 * @param features `[rows, inputs]`
 * @returns `[rows, decoder.hidden]`
 */
export function connector(weights: Weights, { activation }: ConnectorConfig, features: tf.Tensor2D): tf.Tensor2D {
  const w = under(weights, 'multi_modal_projector');
  const first = w.linear('linear_1', features);
  return hasSecondLinear(weights) ? w.linear('linear_2', activate(activation, first)) : first;
}
