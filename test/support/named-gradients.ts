/** Gradients by the names that a checkpoint gives its tensors, and shaped as it stores them. */
import * as tf from '@tensorflow/tfjs';
import type { SpeakingModel } from '../../src/model/model';
import { isLinear } from '../../src/model/tensors';

/** @param loss a scalar from the model's weights */
export function namedGradients({ weights }: SpeakingModel, loss: () => tf.Scalar, names: readonly string[]): tf.Tensor[] {
  const places = names.map((name) => weights.placeOf(name));
  // A tensor may be asked for twice under two names.
  const held = [...new Set(places.map(({ name }) => name))];
  return tf.tidy(() => {
    const gradients = tf.grads(loss)(held.map((name) => weights.get(name)));
    return names.map((name, i) => {
      const { name: joined, from, to } = places[i] as { name: string; from?: number; to?: number };
      const whole = gradients[held.indexOf(joined)] as tf.Tensor;
      const own = from === undefined || to === undefined ? whole
        : tf.slice(whole, [...whole.shape.slice(0, -1).map(() => 0), from], [...whole.shape.slice(0, -1), to - from]);
      return isLinear(name) ? tf.transpose(own) : tf.clone(own);
    });
  });
}
