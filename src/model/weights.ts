/**
 * A model's tensors by name, on the device. Linear weights lie transposed, `[in, out]`, because A·B is the product
 * that is fast on every backend; they are turned once when they come in and once when they go out.
 */
import * as tf from '@tensorflow/tfjs';
import { isLinear, type Shape } from './tensors';

export class Weights {
  readonly #tensors = new Map<string, tf.Tensor>();

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  get(name: string): tf.Tensor {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new Error(`No weight is named ${name}.`);
    return tensor;
  }

  /** Takes over the tensor, laid out as the model keeps it, and disposes the one it replaces. */
  set(name: string, tensor: tf.Tensor): void {
    this.#tensors.get(name)?.dispose();
    this.#tensors.set(name, tf.keep(tensor));
  }

  names(): string[] {
    return [...this.#tensors.keys()];
  }

  /** Brings in a tensor as a checkpoint stores it. A convolution's kernel is flattened to `[out, in·height·width]`. */
  load(name: string, shape: Shape, data: Float32Array): void {
    this.set(name, tf.tidy(() => {
      if (!isLinear(name)) return tf.tensor(data, [...shape]);
      const [out, ...rest] = shape as [number, ...number[]];
      return tf.transpose(tf.tensor2d(data, [out, rest.reduce((a, b) => a * b, 1)]));
    }));
  }

  /** The numbers as a checkpoint stores them. */
  async stored(name: string): Promise<Float32Array<ArrayBuffer>> {
    const tensor = this.get(name);
    if (!isLinear(name)) return await tensor.data<'float32'>() as Float32Array<ArrayBuffer>;
    const turned = tf.transpose(tensor);
    const data = await turned.data<'float32'>() as Float32Array<ArrayBuffer>;
    turned.dispose();
    return data;
  }

  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }
}

/** Looks weights up below a common prefix: `w('mlp.fc1.weight')`. */
export type Lookup = (name: string) => tf.Tensor;

export function under(weights: Weights, prefix: string): Lookup {
  return (name) => weights.get(`${prefix}.${name}`);
}
