/** AdamW composed of the library's own operations, parameter by parameter: what the fused optimizers are held against. */
import * as tf from '@tensorflow/tfjs';
import type { Optimizer, Update } from './kernels';

/** A parameter under optimisation. */
interface State {
  parameter: tf.Variable;
  mean: tf.Variable;
  variance: tf.Variable;
  /** Sum of what was gathered since the last update. */
  gradient: tf.Variable;
  decays: boolean;
}

/** Follows algorithm 2 of arXiv 1711.05101, with the rate multiplied to the decay as PyTorch has it. */
export function composedOptimizer(parameters: readonly tf.Tensor[], decays: readonly boolean[]): Optimizer {
  return new Composed(parameters, decays);
}

class Composed implements Optimizer {
  readonly #states: readonly State[];

  constructor(parameters: readonly tf.Tensor[], decays: readonly boolean[]) {
    this.#states = parameters.map((given, i) => {
      const [parameter, mean, variance, gradient] = [tf.variable(given), zerosLike(given), zerosLike(given), zerosLike(given)];
      given.dispose();
      return { parameter, mean, variance, gradient, decays: decays[i] ?? false };
    });
  }

  get parameters(): readonly tf.Tensor[] {
    return this.#states.map(({ parameter }) => parameter);
  }

  gather(gradients: readonly tf.Tensor[], share: number): void {
    tf.tidy(() => {
      for (const [i, { gradient }] of this.#states.entries()) gradient.assign(tf.add(gradient, tf.mul(gradients[i] as tf.Tensor, share)));
    });
  }

  update(update: Update): void {
    tf.tidy(() => {
      const factor = clipFactor(globalNorm(this.#states.map(({ gradient }) => gradient)), update.clipNorm);
      for (const state of this.#states) {
        advance(state, tf.mul(state.gradient, factor), update);
        state.gradient.assign(tf.zerosLike(state.gradient));
      }
    });
  }

  moments(index: number): { mean: tf.Tensor; variance: tf.Tensor } {
    const { mean, variance } = this.#at(index);
    return { mean: tf.clone(mean), variance: tf.clone(variance) };
  }

  setMoments(index: number, mean: Float32Array, variance: Float32Array): void {
    const state = this.#at(index);
    tf.tidy(() => {
      state.mean.assign(tf.tensor(mean, state.mean.shape));
      state.variance.assign(tf.tensor(variance, state.variance.shape));
    });
  }

  dispose(): void {
    for (const { mean, variance, gradient } of this.#states) tf.dispose([mean, variance, gradient]);
  }

  #at(index: number): State {
    return this.#states[index] as State;
  }
}

function advance(state: State, gradient: tf.Tensor, { beta1, beta2, epsilon, weightDecay, rate, step, loss }: Update): void {
  const mean = tf.add(tf.mul(state.mean, beta1), tf.mul(gradient, 1 - beta1));
  const variance = tf.add(tf.mul(state.variance, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const root = tf.add(tf.mul(tf.sqrt(variance), 1 / Math.sqrt(1 - beta2 ** step)), epsilon);
  const decayed = tf.mul(state.parameter, state.decays ? 1 - rate * weightDecay : 1);
  const parameter = tf.sub(decayed, tf.mul(tf.div(mean, root), rate / (1 - beta1 ** step)));
  // Anything times zero is zero, but for infinities and what is no number.
  const isFinite = tf.equal(tf.mul(loss as tf.Scalar, 0), 0);
  state.parameter.assign(tf.where(isFinite, parameter, state.parameter));
  state.mean.assign(tf.where(isFinite, mean, state.mean));
  state.variance.assign(tf.where(isFinite, variance, state.variance));
}

/** The Euclidean norm of all gradients together; a scalar. */
function globalNorm(gradients: readonly tf.Tensor[]): tf.Scalar {
  // Stacked, because addN binds every input at once, which is more buffers than a WebGPU shader may have.
  return tf.sqrt(tf.sum(tf.stack(gradients.map((gradient) => tf.sum(tf.square(gradient))))));
}

/** The factor that brings gradients of this global norm down to the limit; a scalar tensor, so that nothing waits for the device. */
function clipFactor(norm: tf.Scalar, limit: number): tf.Scalar {
  return limit > 0 ? tf.minimum<tf.Scalar>(1, tf.div(limit, tf.add(norm, 1e-6))) : tf.scalar(1);
}

function zerosLike(tensor: tf.Tensor): tf.Variable {
  return tf.variable(tf.zerosLike(tensor));
}
