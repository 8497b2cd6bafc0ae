/** Both architectures as one writes them with the operations that TensorFlow.js brings, and no others. */
import * as tf from '@tensorflow/tfjs';
import { initialWeights, rotation } from './initial';
import { shape, type Architecture } from './work';

/** Keys and values of one layer, each `[batch, heads, tokens, headWidth]`. */
export interface KeyValues {
  keys: tf.Tensor4D;
  values: tf.Tensor4D;
}

/** Where the tokens of a pass stand, and what they see. */
export interface Pass {
  batch: number;
  tokens: number;
  /** Of the first token. */
  position: number;
  /** Gives a layer the keys and values that it reads. */
  remember(layer: number, fresh: KeyValues): KeyValues;
}

/** Cosines and sines of the tokens of a pass, each `[tokens, headWidth]`. */
type Rotation = [cos: tf.Tensor2D, sin: tf.Tensor2D];

const hiddenScore = -1e9;

export class StockModel {
  readonly #architecture: Architecture;
  readonly #weights = new Map<string, tf.Variable>();
  /** Of every position, `[tokens, headWidth]`. */
  readonly #cos: tf.Tensor2D;
  readonly #sin: tf.Tensor2D;
  /** Of what comes later, `[tokens, tokens]`. */
  readonly #mask: tf.Tensor2D;

  constructor(architecture: Architecture) {
    this.#architecture = architecture;
    for (const { name, shape: size, data } of initialWeights(architecture)) this.#weights.set(name, tf.variable(tf.tensor(data, size)));
    const { tokens, headWidth } = shape;
    const { cos, sin } = rotation(tokens);
    this.#cos = tf.tensor2d(cos, [tokens, headWidth]);
    this.#sin = tf.tensor2d(sin, [tokens, headWidth]);
    const mask = Float32Array.from({ length: tokens ** 2 }, (_, i) => i % tokens > Math.floor(i / tokens) ? hiddenScore : 0);
    this.#mask = tf.tensor2d(mask, [tokens, tokens]);
  }

  /** Scores of every token of the vocabulary after each of the given, `[batch · tokens, vocabulary]`. @param ids `[batch · tokens]` */
  logits(ids: tf.Tensor1D, pass: Pass): tf.Tensor2D {
    const rotation = [this.#cos, this.#sin].map((table) => tf.slice(table, [pass.position, 0], [pass.tokens, shape.headWidth])) as Rotation;
    let x = this.#embed(ids);
    for (let layer = 0; layer < shape.layers; layer++) {
      x = tf.add(x, this.#attend(layer, this.#norm(x, `layers.${layer}.norm1`), pass, rotation));
      x = tf.add(x, this.#feedForward(layer, this.#norm(x, `layers.${layer}.norm2`)));
    }
    return tf.matMul(this.#norm(x, 'norm'), this.#weight('embedding'), false, true);
  }

  #weight(name: string): tf.Tensor2D {
    return this.#weights.get(name) as tf.Tensor as tf.Tensor2D;
  }

  #embed(ids: tf.Tensor1D): tf.Tensor2D {
    const table = this.#weight('embedding');
    // On WASM what is gathered has no gradient.
    return tf.getBackend() === 'wasm' ? tf.matMul(tf.cast(tf.oneHot(ids, shape.vocabulary), 'float32') as tf.Tensor2D, table) : tf.gather(table, ids);
  }

  #norm(x: tf.Tensor2D, name: string): tf.Tensor2D {
    return this.#architecture === 'llama' ? tf.mul(normed(x), this.#weight(name)) : normed(x);
  }

  #attend(layer: number, x: tf.Tensor2D, pass: Pass, rotation: Rotation): tf.Tensor2D {
    const { batch, tokens } = pass;
    const [queries, fresh] = this.#project(layer, x, pass, rotation);
    const { keys, values } = pass.remember(layer, fresh);
    const scores = tf.mul(tf.matMul(queries, keys, false, true), 1 / Math.sqrt(shape.headWidth));
    // One token sees everything before it.
    const seen = tokens === 1 ? scores : tf.add(scores, tokens === shape.tokens ? this.#mask : tf.slice(this.#mask, [0, 0], [tokens, tokens]));
    const mixed = tf.transpose(tf.matMul(tf.softmax(seen), values), [0, 2, 1, 3]);
    return tf.matMul(tf.reshape(mixed, [batch * tokens, shape.width]), this.#weight(`layers.${layer}.o`));
  }

  #project(layer: number, x: tf.Tensor2D, { batch, tokens }: Pass, rotation: Rotation): [tf.Tensor4D, KeyValues] {
    const [queries, keys, values] = (this.#architecture === 'llama'
      ? ['q', 'k', 'v'].map((part) => tf.matMul(x, this.#weight(`layers.${layer}.${part}`)))
      : tf.split(tf.matMul(x, this.#weight(`layers.${layer}.qkv`)), 3, -1)) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const byHead = (rows: tf.Tensor2D): tf.Tensor4D => tf.transpose(tf.reshape(rows, [batch, tokens, shape.heads, shape.headWidth]), [0, 2, 1, 3]);
    const turn = (rows: tf.Tensor2D): tf.Tensor4D => {
      const turned = turnedBy(rotation, byHead(rows));
      return this.#architecture === 'nano' ? normed(turned) : turned;
    };
    return [turn(queries), { keys: turn(keys), values: byHead(values) }];
  }

  #feedForward(layer: number, x: tf.Tensor2D): tf.Tensor2D {
    const up = tf.matMul(x, this.#weight(`layers.${layer}.up`));
    if (this.#architecture === 'nano') return tf.matMul(tf.square(tf.relu(up)), this.#weight(`layers.${layer}.down`));
    const gate = tf.matMul(x, this.#weight(`layers.${layer}.gate`));
    return tf.matMul(tf.mul(tf.mul(gate, tf.sigmoid(gate)), up), this.#weight(`layers.${layer}.down`));
  }
}

function turnedBy([cos, sin]: Rotation, x: tf.Tensor4D): tf.Tensor4D {
  const [first, second] = tf.split(x, 2, -1) as [tf.Tensor4D, tf.Tensor4D];
  return tf.add(tf.mul(x, cos), tf.mul(tf.concat([tf.neg(second), first], -1), sin));
}

/** Scaled to a mean square of one along the last axis. */
function normed<T extends tf.Tensor>(x: T): T {
  return tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), shape.epsilon)));
}
