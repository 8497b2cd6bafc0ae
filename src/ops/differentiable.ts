/**
 * How an operation gets a gradient of its own: the one seam to the engine's tape, for what `tf.customGrad` lacks: several
 * results, and gradients that are computed only where somebody asks for them. It holds no mathematics.
 */
import * as tf from '@tensorflow/tfjs';
import { onDevice } from './halves/on-device';
import { asTensor } from './tensor';
import './wasm/sharing';

/** Keeps tensors of the forward pass for the backward pass. Free when nobody differentiates. */
export type Save = (tensors: tf.Tensor[]) => void;

/** A gradient, or how to compute it. A frozen weight's is then never computed. */
export type Gradient = tf.Tensor | (() => tf.Tensor);

/** What is private to the engine, and its version pinned for. */
interface Inside {
  runKernelFunc(call: {
    inputs: Record<string, tf.Tensor>;
    forwardFunc(backend: unknown, save: Save): tf.Tensor | tf.Tensor[];
    backwardsFunc(dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]): Record<string, () => tf.Tensor>;
  }): tf.Tensor | tf.Tensor[];
}

/**
 * Runs `forward` as one operation whose gradient is `backward`.
 * @param inputs what the gradient is taken for
 * @param backward gets the gradient of the output and what was saved; returns one gradient per input, in order. What it
 *   computes at once, before any is asked for, is disposed of unless it is among the gradients.
 */
export function differentiable<T extends tf.Tensor>(
  inputs: tf.Tensor[], forward: (save: Save) => T, backward: (dy: T, saved: tf.Tensor[]) => Gradient[],
): T {
  return run(inputs, forward, (dy, saved) => backward(dy as T, saved)) as T;
}

/**
 * As {@link differentiable}, with several results. One that nothing depends on has a gradient of zeros.
 * @param backward gets the gradients of all results, in order
 */
export function differentiableMany<T extends tf.Tensor[]>(
  inputs: tf.Tensor[], forward: (save: Save) => [...T], backward: (dys: [...T], saved: tf.Tensor[]) => Gradient[],
): [...T] {
  return run(inputs, forward, (dys, saved) => backward(dys as [...T], saved)) as [...T];
}

/** What the operation that was differentiated last had saved: nobody reads it again, and the engine would keep it to the end. */
let spent: tf.Tensor[] = [];

/** In which form tensors are remembered for the backward pass. */
let form: 'f32' | 'f16' = 'f32';

/** Fewer numbers are not worth another kernel. */
const FEW = 1024;

/** Runs `f`, whose operations remember what they save as floats or as halves. What is kept anyhow, such as a weight, stays. */
export function remembering<T>(as: 'f32' | 'f16', f: () => T): T {
  const before = form;
  form = as;
  try {
    return f();
  } finally {
    form = before;
  }
}

function run(
  inputs: tf.Tensor[], forward: (save: Save) => tf.Tensor | tf.Tensor[],
  backward: (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => Gradient[],
): tf.Tensor | tf.Tensor[] {
  // Nobody differentiates: the engine's book-keeping would take longer than a small kernel.
  if (tf.engine().state.gradientDepth === 0) return tf.tidy(() => forward(() => undefined)) as tf.Tensor | tf.Tensor[];
  let shapes: (number[] | null)[] = [];
  return (tf.engine() as unknown as Inside).runKernelFunc({
    inputs: Object.fromEntries(inputs.entries()),
    forwardFunc: (_, save) => forward((tensors) => {
      shapes = tensors.map((tensor) => form === 'f16' && isPassing(tensor) ? tensor.shape : null);
      save(tensors.map((tensor, i) => shapes[i] ? asTensor(onDevice().toHalves(tensor)) : tensor));
    }),
    backwardsFunc: (dy, saved) => {
      const whole = shapes.some((shape) => shape !== null)
        ? saved.map((tensor, i) => shapes[i] ? asTensor(onDevice().fromHalves(tensor, shapes[i])) : tensor) : saved;
      tf.dispose(spent);
      spent = [...new Set([...saved, ...whole])];
      // Else what is computed on the way would stay until the whole backward pass is over.
      const tensors: tf.Tensor[] = [];
      const gradients: Gradient[] = [];
      tf.tidy(() => {
        gradients.push(...backward(dy, whole));
        tensors.push(...gradients.filter((gradient) => typeof gradient !== 'function'));
        return tensors;
      });
      return Object.fromEntries(gradients.map((gradient, i) => [i, typeof gradient === 'function' ? gradient : () => gradient]));
    },
  });
}

/** Whether a tensor is one that passes, not one that somebody keeps. */
function isPassing(tensor: tf.Tensor): boolean {
  return tensor.dtype === 'float32' && tensor.size >= FEW && !tensor.kept;
}
