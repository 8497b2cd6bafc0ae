/**
 * AdamW on the WASM backend: one pass over each parameter, in place. The parameters stay the tensors given, so nothing may
 * hold on to what they were before. The backend's own matrix product does: it keeps a packed copy of every matrix it has
 * multiplied by, keyed by tensor. A parameter must be multiplied by with our kernels only (`src/ops/linear`). A clone of a
 * parameter shares its numbers and changes with it (`src/ops/wasm/sharing.ts`): who wants to keep them reads or copies them.
 */
import type * as tf from '@tensorflow/tfjs';
import { kernels } from '../wasm/kernels';
import { addressOf, allocate, heap, release, uninitialised } from '../wasm-heap';
import { asTensor } from '../tensor';
import { inParallel } from '../wasm/threads';
import type { Optimizer, OptimizerOf, Update } from './kernels';

/** Of `kernel.as.ts`: what has a result, which threads do not give. */
interface Sums {
  sumOfSquares(x: number, from: number, to: number): number;
}

/** Numbers that are worth a part of their own, at 0.1 to 0.6 ns each. */
const ENOUGH = 1 << 17;
/** Numbers that no two threads share a cache line of. */
const LINE = 16;

/** A parameter, and addresses of as many numbers each as it has. */
interface State {
  parameter: tf.Tensor;
  mean: number;
  variance: number;
  /** What was gathered since the last update. */
  gradient: number;
  decays: boolean;
}

export const onWasm: OptimizerOf = (parameters, decays) => new InPlace(parameters, decays);

class InPlace implements Optimizer {
  readonly parameters: readonly tf.Tensor[];
  readonly #states: State[] = [];
  /** Gradients are gathered from zero until the first has come. */
  #gathered = false;

  constructor(parameters: readonly tf.Tensor[], decays: readonly boolean[]) {
    this.parameters = parameters;
    // Memory that was granted before the limit was reached would be lost with the optimizer.
    try {
      for (const [i, parameter] of parameters.entries()) this.#states.push(stateOf(parameter, decays[i] ?? false));
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  gather(gradients: readonly tf.Tensor[], share: number): void {
    for (const [i, { parameter, gradient }] of this.#states.entries()) {
      byNumbers('gatherGradient', parameter.size, [addressOf(gradients[i] as tf.Tensor), gradient, share, Number(this.#gathered)]);
    }
    this.#gathered = true;
  }

  update(update: Update): void {
    if (!this.#gathered) this.#clear();
    this.#gathered = false;
    if (!Number.isFinite(floatsAt(addressOf(update.loss), 1)[0])) return;
    const clip = update.clipNorm > 0 ? Math.min(1, update.clipNorm / (this.#globalNorm() + 1e-6)) : 1;
    for (const state of this.#states) advance(state, clip, update);
  }

  moments(index: number): { mean: tf.Tensor; variance: tf.Tensor } {
    const { parameter, mean, variance } = this.#states[index] as State;
    return { mean: copyOf(mean, parameter.shape), variance: copyOf(variance, parameter.shape) };
  }

  setMoments(index: number, mean: Float32Array, variance: Float32Array): void {
    const state = this.#states[index] as State;
    floatsAt(state.mean, mean.length).set(mean);
    floatsAt(state.variance, variance.length).set(variance);
  }

  dispose(): void {
    for (const { mean, variance, gradient } of this.#states.splice(0)) [mean, variance, gradient].forEach(release);
  }

  /** Parameter after parameter, in 64 bits: the same every time. */
  #globalNorm(): number {
    let sum = 0;
    for (const { parameter, gradient } of this.#states) sum += kernels<Sums>().sumOfSquares(gradient, 0, parameter.size);
    return Math.sqrt(sum);
  }

  #clear(): void {
    for (const { parameter, gradient } of this.#states) floatsAt(gradient, parameter.size).fill(0);
  }
}

/** With moments of zero. Throws `device/limit`. */
function stateOf(parameter: tf.Tensor, decays: boolean): State {
  const [mean, variance, gradient] = allocateAll(3, 4 * parameter.size) as [number, number, number];
  for (const moment of [mean, variance]) floatsAt(moment, parameter.size).fill(0);
  return { parameter, mean, variance, gradient, decays };
}

/** Several pieces of memory, none of which can be larger than a tensor; all of them or none. */
function allocateAll(count: number, bytes: number): number[] {
  const addresses: number[] = [];
  try {
    // What is empty has an address too.
    while (addresses.length < count) addresses.push(allocate(Math.max(4, bytes)));
  } catch (error) {
    addresses.forEach(release);
    throw error;
  }
  return addresses;
}

function advance({ parameter, mean, variance, gradient, decays }: State, clip: number, update: Update): void {
  const { beta1, beta2, epsilon, weightDecay, rate, step } = update;
  byNumbers('adamw', parameter.size, [
    addressOf(parameter), mean, variance, gradient, clip, beta1, 1 - beta1, beta2, 1 - beta2,
    rate / (1 - beta1 ** step), 1 / Math.sqrt(1 - beta2 ** step), epsilon, decays ? 1 - rate * weightDecay : 1,
  ]);
}

/** @param values the kernel's arguments before the range of numbers */
function byNumbers(kernel: string, size: number, values: readonly number[]): void {
  inParallel(kernel, Math.ceil(size / LINE), ENOUGH / LINE, (from, to) => [...values, from * LINE, Math.min(to * LINE, size)]);
}

function copyOf(address: number, shape: readonly number[]): tf.Tensor {
  const info = uninitialised(shape, 'float32');
  const bytes = 4 * shape.reduce((a, b) => a * b, 1);
  heap().copyWithin(addressOf(info), address, address + bytes);
  return asTensor(info);
}

/** A view that the next growth of the memory leaves behind. */
function floatsAt(address: number, length: number): Float32Array {
  return new Float32Array(heap().buffer, address, length);
}
