/**
 * The vision tower: CLIP's image transformer up to the layer whose hidden state LLaVA reads (Radford et al.,
 * arXiv 2103.00020). It is frozen: nothing here is ever differentiated.
 */
import * as tf from '@tensorflow/tfjs';
import { activate } from '../ops/activation';
import { attention } from '../ops/attention';
import { layerNorm } from '../ops/layer-norm';
import { linear } from '../ops/matmul';
import type { ModelConfig, VisionConfig } from './config';
import { type Lookup, under, type Weights } from './weights';

/**
 * Features of images, `[images, imageTokens, vision.hidden]`.
 * @param patches `[images · patches, 3 · patch · patch]`, as {@link cutPatches} orders them
 */
export function visionTower(weights: Weights, config: ModelConfig, patches: tf.Tensor2D): tf.Tensor3D {
  return tf.tidy(() => {
    const { vision, features } = config;
    const w = under(weights, 'vision_tower.vision_model');
    const tokens = (vision.image / vision.patch) ** 2 + 1;
    const images = patches.shape[0] / (tokens - 1);

    let x = embed(w, vision, patches, images, tokens);
    x = layerNorm(x, w('pre_layrnorm.weight'), w('pre_layrnorm.bias'), vision.epsilon);
    for (let i = 0; i < features.layers; i++) {
      x = encoderLayer(under(weights, `vision_tower.vision_model.encoder.layers.${i}`), vision, x, images, tokens);
    }
    const states = tf.reshape(x, [images, tokens, vision.hidden]) as tf.Tensor3D;
    return features.patchesOnly ? tf.slice(states, [0, 1, 0]) : states;
  });
}

/** Class token first, then the patches, each with its position added; `[images · tokens, hidden]`. */
function embed(w: Lookup, { hidden }: VisionConfig, patches: tf.Tensor2D, images: number, tokens: number): tf.Tensor2D {
  const projected = tf.reshape(linear(patches, w('embeddings.patch_embedding.weight')), [images, tokens - 1, hidden]);
  const classes = tf.add(tf.zeros([images, 1, hidden]), w('embeddings.class_embedding'));
  const joined = tf.add(tf.concat([classes, projected], 1), w('embeddings.position_embedding.weight'));
  return tf.reshape(joined, [images * tokens, hidden]) as tf.Tensor2D;
}

function encoderLayer(w: Lookup, config: VisionConfig, x: tf.Tensor2D, images: number, tokens: number): tf.Tensor2D {
  const { epsilon } = config;
  const attended = tf.add<tf.Tensor2D>(x,
    selfAttention(w, config, layerNorm(x, w('layer_norm1.weight'), w('layer_norm1.bias'), epsilon), images, tokens));
  const normed = layerNorm(attended, w('layer_norm2.weight'), w('layer_norm2.bias'), epsilon);
  const inner = activate(config.activation, linear(normed, w('mlp.fc1.weight'), w('mlp.fc1.bias')));
  return tf.add(attended, linear(inner, w('mlp.fc2.weight'), w('mlp.fc2.bias')));
}

function selfAttention(w: Lookup, { heads, hidden }: VisionConfig, x: tf.Tensor2D, images: number, tokens: number): tf.Tensor2D {
  const split = (name: string) => tf.transpose(
    tf.reshape(linear(x, w(`self_attn.${name}.weight`), w(`self_attn.${name}.bias`)), [images, tokens, heads, hidden / heads]) as tf.Tensor4D,
    [0, 2, 1, 3],
  );
  const mixed = attention(split('q_proj'), split('k_proj'), split('v_proj'));
  const joined = tf.reshape<tf.Rank.R2>(tf.transpose(mixed, [0, 2, 1, 3]), x.shape);
  return linear(joined, w('self_attn.out_proj.weight'), w('self_attn.out_proj.bias'));
}

/**
 * Cuts a preprocessed image into patches, row by row; a patch's numbers stand in the order of the convolution's
 * kernel: channel, y, x.
 * @param pixels `[image, image, 3]`
 * @param out takes `[patches, 3 · patch · patch]` numbers
 */
export function cutPatches(pixels: Float32Array, { image, patch }: VisionConfig, out: Float32Array): void {
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
