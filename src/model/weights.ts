/**
 * A model's tensors by name, on the device. A linear weight is an ordinary tensor that lies transposed, `[in, out]`, or a
 * packed matrix that stays as it was stored. Layers that read the same input (queries, keys and values; gate and up) lie
 * side by side as one, so that they are one product; each is still known by its own name. A low-rank adapter lies beside
 * the weight that it corrects.
 */
import * as tf from '@tensorflow/tfjs';
import { swiglu } from '../ops/activation/activation';
import { gatherRows } from '../ops/gather-rows/gather-rows';
import { type Branch, withBranches } from '../ops/linear/branches';
import { normedGated, normedLinear } from '../ops/few-rows/few-rows';
import { type Beside, gated, linear } from '../ops/linear/linear';
import { productBack } from '../ops/linear/product';
import { rmsNorm } from '../ops/norm/norm';
import { disposePacked, isPacked, packedBytes, type PackedMatrix } from '../ops/packed/matrix';
import { packedLinear, packedRows, packedStack } from '../ops/packed/packed';
import { isLinear } from './tensors';

export type Weight = tf.Tensor | PackedMatrix;

/** The two factors of an adapter, by what stands behind the layer's name: `[in, rank]` and `[rank, out]`. */
export const lora = { a: 'lora_A.weight', b: 'lora_B.weight' } as const;

/** Where a layer lies in the one that it is joined to: columns of its output. */
interface Part {
  joined: string;
  from: number;
  to: number;
}

export class Weights {
  readonly #held = new Map<string, Weight>();
  readonly #scales = new Map<string, number>();
  readonly #parts = new Map<string, Part>();
  readonly #derived = new Map<string, tf.Tensor>();

  /** @param like weights whose layers are joined in the way that these will be */
  constructor(like?: Weights) {
    for (const [layer, part] of like ? like.#parts : []) this.#parts.set(layer, part);
  }

  /** Whether there is a weight of this name, joined to others or not. */
  has(name: string): boolean {
    return this.#held.has(name) || this.#parts.has(layerOf(name)) && this.#held.has(this.#joined(name));
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

  /** Puts other numbers in the place of a tensor's, whether it is joined to others or not; takes the tensor over. */
  replace(name: string, tensor: tf.Tensor): void {
    const { name: held, from, to } = this.placeOf(name);
    if (from === undefined || to === undefined) return this.set(held, tensor);
    this.set(held, tf.tidy(() => {
      const whole = this.get(held);
      return tf.concat([columns(whole, 0, from), tensor, columns(whole, to, whole.shape.at(-1) as number)], -1);
    }));
    tensor.dispose();
  }

  /**
   * Lays linear layers that read the same input side by side as one, which then stands for them.
   * @param joined name of the layer that they become
   */
  join(joined: string, layers: readonly string[]): void {
    let from = 0;
    for (const layer of layers) {
      const to = from + outputs(this.weight(`${layer}.weight`));
      this.#parts.set(layer, { joined, from, to });
      from = to;
    }
    for (const kind of ['weight', 'bias']) {
      const names = layers.map((layer) => `${layer}.${kind}`);
      if (names.some((name) => !this.#held.has(name))) continue;
      this.set(`${joined}.${kind}`, sideBySide(names.map((name) => this.weight(name))));
      for (const name of names) {
        release(this.weight(name));
        this.#held.delete(name);
      }
    }
  }

  /** Where the numbers of a tensor lie: which weight, and which of its columns, if not all. */
  placeOf(name: string): { name: string; from?: number; to?: number } {
    const part = this.#parts.get(layerOf(name));
    return part && !this.#held.has(name) ? { name: this.#joined(name), from: part.from, to: part.to } : { name };
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

  /** Names of what is held; layers that are joined are so under their common name. */
  names(): string[] {
    return [...this.#held.keys()];
  }

  /** A tensor that follows from the model's configuration, computed when it is first wanted, or wanted again. */
  derived(name: string, isCurrent: (tensor: tf.Tensor) => boolean, make: () => tf.Tensor): tf.Tensor {
    const known = this.#derived.get(name);
    if (known && isCurrent(known)) return known;
    const tensor = tf.keep(make());
    this.#derived.set(name, tensor);
    known?.dispose();
    return tensor;
  }

  /**
   * A linear layer: `x·W (+ bias) (+ residual) (+ scale·(x·A)·B)`, with what of it there is.
   * @param x `[rows, in]`
   * @param residual `[rows, out]`
   */
  linear(layer: string, x: tf.Tensor2D, residual?: tf.Tensor2D): tf.Tensor2D {
    const weight = this.weight(`${layer}.weight`);
    const beside: Beside = { bias: this.has(`${layer}.bias`) ? this.get(`${layer}.bias`) : undefined, residual };
    const y = isPacked(weight) ? packedLinear(x, weight, beside) : linear(x, weight, beside);
    const branches = this.#branches(layer);
    return branches.length === 0 ? y : withBranches(y, x, branches);
  }

  /** The gated half of a feed-forward layer: `silu(gate) ∘ up` of a layer that joins the two. @param x `[rows, in]` */
  gated(layer: string, x: tf.Tensor2D): tf.Tensor2D {
    const weight = this.weight(`${layer}.weight`);
    const isPlain = !isPacked(weight) && !this.has(`${layer}.bias`) && this.#branches(layer).length === 0;
    return isPlain ? gated(x, weight) : swiglu(this.linear(layer, x));
  }

  /** `linear` of the norm of x. It has no gradient: few rows take it in one go. @param gain name of the norm's weight */
  normedLinear(layer: string, x: tf.Tensor2D, gain: string, epsilon: number): tf.Tensor2D {
    const norm = { weight: this.get(gain), epsilon };
    if (this.#branches(layer).length > 0) return this.linear(layer, rmsNorm(x, norm.weight, epsilon));
    return normedLinear(x, norm, this.weight(`${layer}.weight`), this.has(`${layer}.bias`) ? this.get(`${layer}.bias`) : undefined);
  }

  /** {@link gated} of the norm of x, as {@link normedLinear}. */
  normedGated(layer: string, x: tf.Tensor2D, gain: string, epsilon: number): tf.Tensor2D {
    const norm = { weight: this.get(gain), epsilon };
    const isPlain = !this.has(`${layer}.bias`) && this.#branches(layer).length === 0;
    return isPlain ? normedGated(x, norm, this.weight(`${layer}.weight`)) : this.gated(layer, rmsNorm(x, norm.weight, epsilon));
  }

  /** Rows of a table, such as token embeddings; `[indices.length, width]`. */
  rows(name: string, indices: readonly number[]): tf.Tensor2D {
    const table = this.weight(name);
    return isPacked(table) ? packedRows(table, indices) : gatherRows(table as tf.Tensor2D, indices);
  }

  /** `x·tableᵀ`: scores of every row of a table, `[x's rows, table's rows]`. It has no gradient. */
  scores(name: string, x: tf.Tensor2D): tf.Tensor2D {
    const table = this.weight(name);
    return isPacked(table) ? packedLinear(x, table) : productBack(x, table);
  }

  /** The numbers as a checkpoint stores them. */
  async stored(name: string): Promise<Float32Array<ArrayBuffer>> {
    const { name: held, from, to } = this.placeOf(name);
    const turned = tf.tidy(() => {
      const whole = this.get(held);
      const own = from === undefined || to === undefined ? whole : columns(whole, from, to);
      return isLinear(name) ? tf.transpose(own) : tf.clone(own);
    });
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
    for (const tensor of this.#derived.values()) tensor.dispose();
    this.#held.clear();
    this.#scales.clear();
    this.#parts.clear();
    this.#derived.clear();
  }

  /** Adapters over a layer, or over those that it joins. */
  #branches(layer: string): Branch[] {
    return [...this.#scales].flatMap(([adapted, scale]) => {
      const part = this.#parts.get(adapted);
      if (adapted !== layer && part?.joined !== layer) return [];
      return [{
        a: this.get(`${adapted}.${lora.a}`) as tf.Tensor2D, b: this.get(`${adapted}.${lora.b}`) as tf.Tensor2D, from: part?.from ?? 0, scale,
      }];
    });
  }

  #joined(name: string): string {
    return `${this.#parts.get(layerOf(name))?.joined}${name.slice(layerOf(name).length)}`;
  }
}

/** The layer's name without what stands behind it: `weight` or `bias`. */
function layerOf(name: string): string {
  return name.replace(/\.(weight|bias)$/, '');
}

function outputs(weight: Weight): number {
  return isPacked(weight) ? weight.rows : weight.shape[1] as number;
}

function sideBySide(weights: readonly Weight[]): Weight {
  const [first] = weights as [Weight];
  if (!isPacked(first)) return tf.concat(weights as tf.Tensor[], -1);
  return packedStack(weights as [PackedMatrix, ...PackedMatrix[]]);
}

function columns(tensor: tf.Tensor, from: number, to: number): tf.Tensor {
  const begin = tensor.shape.map((_, axis) => axis === tensor.rank - 1 ? from : 0);
  return tf.slice(tensor, begin, [...tensor.shape.slice(0, -1), to - from]);
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
  linear(layer: string, x: tf.Tensor2D, residual?: tf.Tensor2D): tf.Tensor2D;
  gated(layer: string, x: tf.Tensor2D): tf.Tensor2D;
  normedLinear(layer: string, x: tf.Tensor2D, gain: string, epsilon: number): tf.Tensor2D;
  normedGated(layer: string, x: tf.Tensor2D, gain: string, epsilon: number): tf.Tensor2D;
  /** All tensors below the prefix that a gradient may be taken for. */
  tensors(): tf.Tensor[];
}

export function under(weights: Weights, prefix: string): Scope {
  return {
    get: (name) => weights.get(`${prefix}.${name}`),
    linear: (layer, x, residual) => weights.linear(`${prefix}.${layer}`, x, residual),
    gated: (layer, x) => weights.gated(`${prefix}.${layer}`, x),
    normedLinear: (layer, x, gain, epsilon) => weights.normedLinear(`${prefix}.${layer}`, x, `${prefix}.${gain}`, epsilon),
    normedGated: (layer, x, gain, epsilon) => weights.normedGated(`${prefix}.${layer}`, x, `${prefix}.${gain}`, epsilon),
    tensors: () => weights.names().filter((name) => name.startsWith(`${prefix}.`) && !weights.isPacked(name)).map((name) => weights.get(name)),
  };
}
