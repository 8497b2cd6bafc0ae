/** Both architectures in jax-js, as its functions suggest. An array that is passed on is given away; `ref` keeps it. */
import { nn, numpy as np } from '@jax-js/jax';
import { shape, type Architecture } from '../../../src/bench/work';

export type Weights = Record<string, np.Array>;

/** Where the tokens of a pass stand: by what positions turn, each `[tokens, 1, headWidth]`. */
export interface Rotation {
  cos: np.Array;
  sin: np.Array;
}

/** Attention of one layer: queries, keys and values are `[batch, tokens, heads, headWidth]`, and so is what it gives. */
export type Attend = (layer: number, queries: np.Array, keys: np.Array, values: np.Array) => np.Array;

/** Scores of every token of the vocabulary, `[batch · tokens, vocabulary]`. All but the rotation is given away. @param ids `[batch · tokens]` */
export function logits(architecture: Architecture, w: Weights, ids: np.Array, batch: number, rotation: Rotation, attend: Attend): np.Array {
  const table = part(w, 'embedding');
  const norm = (x: np.Array, name: string): np.Array => architecture === 'llama' ? normed(x).mul(part(w, name)) : normed(x);
  let x = np.matmul(nn.oneHot(ids, shape.vocabulary), table.ref);
  for (let layer = 0; layer < shape.layers; layer++) {
    const [queries, keys, values] = heads(architecture, w, layer, norm(x.ref, `layers.${layer}.norm1`), batch, rotation);
    const mixed = attend(layer, queries, keys, values);
    x = x.add(np.matmul(mixed.reshape([-1, shape.width]), part(w, `layers.${layer}.o`)));
    x = x.add(feedForward(architecture, w, layer, norm(x.ref, `layers.${layer}.norm2`)));
  }
  return np.matmul(norm(x, 'norm'), table.transpose());
}

export function part(w: Weights, name: string): np.Array {
  const weight = w[name];
  if (weight === undefined) throw new Error(`No weight is named ${name}.`);
  return weight;
}

function heads(architecture: Architecture, w: Weights, layer: number, x: np.Array, batch: number, { cos, sin }: Rotation): [np.Array, np.Array, np.Array] {
  const byHead = (rows: np.Array): np.Array => rows.reshape([batch, -1, shape.heads, shape.headWidth]);
  const [queries, keys, values] = projections(architecture, w, layer, x).map(byHead) as [np.Array, np.Array, np.Array];
  const turn = (rows: np.Array): np.Array => {
    const [first, second] = np.split(rows.ref, 2, -1) as [np.Array, np.Array];
    const turned = rows.mul(cos.ref).add(np.concatenate([second.neg(), first], -1).mul(sin.ref));
    return architecture === 'nano' ? normed(turned) : turned;
  };
  return [turn(queries), turn(keys), values];
}

function projections(architecture: Architecture, w: Weights, layer: number, x: np.Array): np.Array[] {
  if (architecture === 'nano') return np.split(np.matmul(x, part(w, `layers.${layer}.qkv`)), 3, -1);
  const all = ['q', 'k', 'v'].map((name) => np.matmul(x.ref, part(w, `layers.${layer}.${name}`)));
  x.dispose();
  return all;
}

function feedForward(architecture: Architecture, w: Weights, layer: number, x: np.Array): np.Array {
  const up = np.matmul(architecture === 'llama' ? x.ref : x, part(w, `layers.${layer}.up`));
  const hidden = architecture === 'llama' ? nn.silu(np.matmul(x, part(w, `layers.${layer}.gate`))).mul(up) : np.square(nn.relu(up));
  return np.matmul(hidden, part(w, `layers.${layer}.down`));
}

/** Scaled to a mean square of one along the last axis. */
function normed(x: np.Array): np.Array {
  const meanSquare = np.square(x.ref).mean(-1, { keepdims: true });
  return x.mul(np.reciprocal(np.sqrt(meanSquare.add(shape.epsilon))));
}
