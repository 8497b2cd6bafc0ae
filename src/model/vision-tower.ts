/**
 * The vision tower: the image transformer of CLIP (Radford et al., arXiv 2103.00020) or SigLIP (Zhai et al., arXiv
 * 2303.15343), up to the last hidden state that is read. It is frozen: nothing here is ever differentiated.
 */
import * as tf from '@tensorflow/tfjs';
import { activate } from '../ops/activation/activation';
import { attention, everything } from '../ops/attention/attention';
import { gatherRows } from '../ops/gather-rows/gather-rows';
import { layerNorm } from '../ops/norm/norm';
import { patchesAcross, towerTokens, type TowerConfig } from './config/tower';
import { type Scope, under, type Weights } from './weights';

const root = 'vision_tower.vision_model';

/**
 * Features of images, `[images, featureRows, featureWidth]`.
 * @param patches `[images · patches, 3 · patch · patch]`, as {@link cutPatches} orders them
 */
export function visionTower(weights: Weights, tower: TowerConfig, patches: tf.Tensor2D): tf.Tensor3D {
  return tf.tidy(() => {
    const w = under(weights, root);
    const images = patches.shape[0] / patchesAcross(tower) ** 2;
    const tokens = towerTokens(tower);
    const states: tf.Tensor2D[] = [];
    let x = embed(w, tower, patches, images);
    const last = Math.max(...tower.reads);
    for (let i = 0; i <= last; i++) {
      if (tower.reads.includes(i)) states[i] = x;
      const layer = under(weights, `${root}.encoder.layers.${i}`);
      // What a layer computes on its way is many times what it passes on.
      if (i < last) x = tf.tidy(() => encoderLayer(layer, tower, x, images, tokens));
    }
    if (tower.postNorm) states[last] = layerNorm(x, w.get('post_layernorm.weight'), w.get('post_layernorm.bias'), tower.epsilon);
    const read = tf.concat(tower.reads.map((i) => states[i] as tf.Tensor2D), 1);
    const byImage = tf.reshape(read, [images, tokens, -1]) as tf.Tensor3D;
    return tower.dropsFirst ? tf.slice(byImage, [0, 1, 0]) : byImage;
  });
}

/** Patches with their positions added, after a class token where there is one; `[images · tokens, hidden]`. */
function embed(w: Scope, tower: TowerConfig, patches: tf.Tensor2D, images: number): tf.Tensor2D {
  const { hidden, epsilon } = tower;
  const projected = tf.reshape(w.linear('embeddings.patch_embedding', patches), [images, -1, hidden]);
  const isClip = tower.kind === 'clip';
  const classes = (): tf.Tensor => tf.add(tf.zeros([images, 1, hidden]), w.get('embeddings.class_embedding'));
  const joined = isClip ? tf.concat([classes(), projected], 1) : projected;
  const placed = tf.reshape(tf.add(joined, positions(w, tower)), [-1, hidden]) as tf.Tensor2D;
  return isClip ? layerNorm(placed, w.get('pre_layrnorm.weight'), w.get('pre_layrnorm.bias'), epsilon) : placed;
}

function positions(w: Scope, tower: TowerConfig): tf.Tensor2D {
  const table = w.get('embeddings.position_embedding.weight') as tf.Tensor2D;
  return tower.kind === 'idefics3' ? gatherRows(table, fractionalPositions(patchesAcross(tower))) : table;
}

/**
 * Idefics3 finds a patch's position by where its fraction of the image falls among the boundaries of the grid. On a whole
 * image that is the patch's own place but for the rounding of 32-bit fractions, which some patches fall victim to and the
 * weights were trained with.
 */
function fractionalPositions(side: number): number[] {
  const step = Math.fround(1 / side);
  const boundaries = Array.from({ length: side - 1 }, (_, k) => Math.fround(1 / side + k * (1 / side)));
  const places = Array.from({ length: side }, (_, i) => {
    const fraction = Math.min(Math.fround(i * step), Math.fround(1 - 1e-6));
    return boundaries.filter((boundary) => boundary <= fraction).length;
  });
  return places.flatMap((row) => places.map((column) => row * side + column));
}

function encoderLayer(w: Scope, tower: TowerConfig, x: tf.Tensor2D, images: number, tokens: number): tf.Tensor2D {
  const norm = (name: string, rows: tf.Tensor2D) => layerNorm(rows, w.get(`${name}.weight`), w.get(`${name}.bias`), tower.epsilon);
  const shape = { heads: tower.heads, kvHeads: tower.heads, headDim: tower.hidden / tower.heads, batch: images, tokens };
  const attended = tf.tidy(() => {
    const qkv = w.linear('self_attn.qkv_proj', norm('layer_norm1', x));
    return w.linear('self_attn.out_proj', attention(qkv, shape, everything), x);
  });
  const inner = activate(tower.activation, w.linear('mlp.fc1', norm('layer_norm2', attended)));
  return w.linear('mlp.fc2', inner, attended);
}

/**
 * Cuts a preprocessed image into patches, row by row; a patch's numbers stand in the order of the convolution's
 * kernel: channel, y, x.
 * @param pixels `[image, image, 3]`
 * @param out takes `[patches, 3 · patch · patch]` numbers
 */
export function cutPatches(pixels: Float32Array, { image, patch }: TowerConfig, out: Float32Array): void {
  let at = 0;
  for (let top = 0; top < image; top += patch) {
    for (let left = 0; left < image; left += patch) {
      for (let channel = 0; channel < 3; channel++) {
        for (let y = top; y < top + patch; y++) {
          for (let x = left; x < left + patch; x++) out[at++] = pixels[(y * image + x) * 3 + channel] as number;
        }
      }
    }
  }
}
