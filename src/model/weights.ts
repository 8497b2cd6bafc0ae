/**
 * A model's tensors by name, on the device. A linear weight is an ordinary tensor that lies transposed, `[in, out]`,
 * because A·B is the product that is fast on every backend, or a packed matrix that stays as it was stored. A low-rank
 * adapter lies beside the weight that it corrects.
 */
import * as tf from '@tensorflow/tfjs';
import { gatherRows } from '../ops/gather-rows';
import { matMul, transposeLast } from '../ops/matmul';
import { disposePacked, isPacked, packedBytes, type PackedMatrix } from '../ops/packed/matrix';
import { packedLinear, packedRows } from '../ops/packed/packed';
import { isLinear } from './tensors';

export type Weight = tf.Tensor | PackedMatrix;

/** Numbers of a table from which on its smaller partner is turned over instead. */
const LARGE_TABLE = 2 ** 22;

/** The two factors of an adapter, by what stands behind the layer's name: `[in, rank]` and `[rank, out]`. */
export const lora = { a: 'lora_A.weight', b: 'lora_B.weight' } as const;

export class Weights {
  readonly #held = new Map<string, Weight>();
  readonly #scales = new Map<string, number>();

  has(name: string): boolean {
    return this.#held.has(name);
  }

  /** The weight whatever its form. */
  weight(name: string): Weight {
    const weight = this.#held.get(name);
    if (!weight) throw new Error(`No weight is named ${name}.`);
    return weight;
  }

  /** A weight that is an ordinary tensor. */
  get(name: string): tf.Tensor {
    const weight = this.weight(name);
    if (isPacked(weight)) throw new Error(`The weight ${name} is packed.`);
    return weight;
  }

  isPacked(name: string): boolean {
    return isPacked(this.weight(name));
  }

  /** Takes over the weight, laid out as the model keeps it, and disposes the one it replaces. */
  set(name: string, weight: Weight): void {
    const before = this.#held.get(name);
    if (before && before !== weight) release(before);
    for (const tensor of tensorsOf(weight)) tf.keep(tensor);
    this.#held.set(name, weight);
  }

  /** Lays an adapter over a linear layer. @param scale what the product of both factors is multiplied by */
  adapt(layer: string, a: tf.Tensor2D, b: tf.Tensor2D, scale: number): void {
    this.set(`${layer}.${lora.a}`, a);
    this.set(`${layer}.${lora.b}`, b);
    this.#scales.set(layer, scale);
  }

  /** Layers that an adapter lies over, with its scale. */
  adapted(): ReadonlyMap<string, number> {
    return this.#scales;
  }

  names(): string[] {
    return [...this.#held.keys()];
  }

  /**
   * A linear layer: `x·W (+ bias) (+ scale·(x·A)·B)`, with what of it there is.
   * @param x `[rows, in]`
   */
  linear(layer: string, x: tf.Tensor2D): tf.Tensor2D {
    const weight = this.weight(`${layer}.weight`);
    let y = isPacked(weight) ? packedLinear(x, weight) : matMul(x, weight);
    if (this.has(`${layer}.bias`)) y = tf.add(y, this.get(`${layer}.bias`));
    const scale = this.#scales.get(layer);
    if (scale === undefined) return y;
    return tf.add(y, tf.mul(matMul(matMul(x, this.get(`${layer}.${lora.a}`)), this.get(`${layer}.${lora.b}`)), scale));
  }

  /** Rows of a table, such as token embeddings; `[indices.length, width]`. */
  rows(name: string, indices: readonly number[]): tf.Tensor2D {
    const table = this.weight(name);
    return isPacked(table) ? packedRows(table, indices) : gatherRows(table as tf.Tensor2D, indices);
  }

  /** `x·tableᵀ`: scores of every row of a table, `[x's rows, table's rows]`. */
  scores(name: string, x: tf.Tensor2D): tf.Tensor2D {
    const table = this.weight(name);
    if (isPacked(table)) return packedLinear(x, table);
    // Turning a large table over for every token would take longer than the product.
    return table.size >= LARGE_TABLE ? transposeLast(matMul(table as tf.Tensor2D, transposeLast(x))) : matMul(x, transposeLast(table));
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

  /** Bytes on the device. */
  bytes(): number {
    return [...this.#held.values()].reduce((sum, weight) => sum + bytesOf(weight), 0);
  }

  dispose(): void {
    for (const weight of this.#held.values()) release(weight);
    this.#held.clear();
    this.#scales.clear();
  }
}

function release(weight: Weight): void {
  if (isPacked(weight)) disposePacked(weight);
  else weight.dispose();
}

const tensorsOf = (weight: Weight): tf.Tensor[] => isPacked(weight) ? [weight.words, ...(weight.scales ? [weight.scales] : [])] : [weight];
const bytesOf = (weight: Weight): number => isPacked(weight) ? packedBytes(weight.scheme, weight.rows, weight.columns) : 4 * weight.size;

/** Weights below a common prefix: `w.get('norm.weight')`, `w.linear('mlp.fc1', x)`. */
export interface Scope {
  get(name: string): tf.Tensor;
  linear(layer: string, x: tf.Tensor2D): tf.Tensor2D;
  /** The factors of all adapters below the prefix. */
  adapters(): tf.Tensor[];
}

export function under(weights: Weights, prefix: string): Scope {
  return {
    get: (name) => weights.get(`${prefix}.${name}`),
    linear: (layer, x) => weights.linear(`${prefix}.${layer}`, x),
    adapters: () => [...weights.adapted().keys()].filter((layer) => layer.startsWith(`${prefix}.`))
      .flatMap((layer) => [weights.get(`${layer}.${lora.a}`), weights.get(`${layer}.${lora.b}`)]),
  };
}
