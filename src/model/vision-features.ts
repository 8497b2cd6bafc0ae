/**
 * What the frozen vision tower saw: features by image name, computed once and kept on the host, so that device memory
 * is bounded by a batch and not by how many images a run has.
 */
import * as tf from '@tensorflow/tfjs';
import { ComdError } from '../errors';
import type { ModelConfig } from './config';
import { cutPatches, visionTower } from './vision-tower';
import type { Weights } from './weights';

/** A preprocessed image: `[size, size, 3]`. */
export interface TowerInput {
  name: string;
  data: Float32Array;
  size: number;
}

/** Bounds the device memory of one pass. */
const IMAGES_AT_ONCE = 32;

export class VisionFeatures {
  readonly #weights: Weights;
  readonly #config: ModelConfig;
  readonly #features = new Map<string, Float32Array>();

  constructor(weights: Weights, config: ModelConfig) {
    this.#weights = weights;
    this.#config = config;
  }

  has(name: string): boolean {
    return this.#features.has(name);
  }

  /** Runs the tower over the images and keeps what it gives. Throws `checkpoint/unsupported` on images of another size. */
  async see(images: readonly TowerInput[]): Promise<void> {
    for (let from = 0; from < images.length; from += IMAGES_AT_ONCE) {
      await this.#seeSome(images.slice(from, from + IMAGES_AT_ONCE));
    }
  }

  /** Features of the images one after another, `[images.length · imageTokens, vision.hidden]`. */
  rows(images: readonly string[]): tf.Tensor2D {
    const { imageTokens, vision } = this.#config;
    const length = imageTokens * vision.hidden;
    const out = new Float32Array(images.length * length);
    images.forEach((name, i) => out.set(this.#get(name), i * length));
    return tf.tensor2d(out, [images.length * imageTokens, vision.hidden]);
  }

  async #seeSome(images: readonly TowerInput[]): Promise<void> {
    const { vision, imageTokens } = this.#config;
    const perImage = 3 * vision.image ** 2;
    const cut = new Float32Array(images.length * perImage);
    images.forEach((image, i) => {
      if (image.size !== vision.image) throw wrongSize(image, vision.image);
      cutPatches(image.data, vision, cut.subarray(i * perImage, (i + 1) * perImage));
    });
    const features = tf.tidy(() => {
      const width = 3 * vision.patch ** 2;
      return visionTower(this.#weights, this.#config, tf.tensor2d(cut, [cut.length / width, width]));
    });
    const data = await features.data<'float32'>();
    features.dispose();
    const length = imageTokens * vision.hidden;
    images.forEach(({ name }, i) => this.#features.set(name, data.slice(i * length, (i + 1) * length)));
  }

  #get(name: string): Float32Array {
    const features = this.#features.get(name);
    if (!features) throw new Error(`The image ${name} has not been seen.`);
    return features;
  }
}

function wrongSize({ name, size }: TowerInput, expected: number): ComdError {
  return new ComdError('checkpoint/unsupported',
    `preprocessor_config.json makes "${name}" ${size} × ${size} pixels, but config.json gives the vision tower ${expected} × ${expected}.`,
    'Use the preprocessor_config.json that belongs to this checkpoint.');
}
