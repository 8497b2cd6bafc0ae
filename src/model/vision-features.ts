/**
 * What the frozen vision tower saw: features by image name, computed once and kept on the host, so that device memory
 * is bounded by a batch and not by how many images a run has.
 */
import * as tf from '@tensorflow/tfjs';
import { ComdError } from '../errors';
import type { ModelConfig } from './config/config';
import { featureWidth, patchesAcross, towerTokens, type TowerConfig } from './config/tower';
import { pixelShuffle } from './pixel-shuffle';
import { cutPatches, visionTower } from './vision-tower';
import type { Weights } from './weights';

/** A preprocessed image: one tile, or several row by row with the whole image after them. */
export interface TowerInput {
  name: string;
  /** Each `[size, size, 3]`. */
  tiles: readonly Float32Array[];
  size: number;
  /** How the image was split; 0 × 0 where it was not. */
  rows: number;
  cols: number;
}

/** What the decoder is shown of an image. */
interface SeenImage {
  rows: number;
  cols: number;
  /** `[tiles · tokens, inputs]` */
  features: Float32Array;
}

/** Bounds the device memory of one pass: tiles at once, and scores of one layer's attention. */
const TILES_AT_ONCE = 32;
const SCORES_AT_ONCE = 2 ** 24;

export class VisionFeatures {
  readonly #weights: Weights;
  readonly #config: ModelConfig;
  readonly #seen = new Map<string, SeenImage>();

  constructor(weights: Weights, config: ModelConfig) {
    this.#weights = weights;
    this.#config = config;
  }

  has(name: string): boolean {
    return this.#seen.has(name);
  }

  /** Lets go of what was seen of these images. */
  forget(names: readonly string[]): void {
    for (const name of names) this.#seen.delete(name);
  }

  /** How an image was split into tiles. */
  layout(name: string): { rows: number; cols: number } {
    const { rows, cols } = this.#get(name);
    return { rows, cols };
  }

  /** Rows that an image takes among the decoder's tokens. */
  length(name: string): number {
    return this.#get(name).features.length / this.#width();
  }

  /**
   * Runs the tower over the images and keeps what it gives. Throws `checkpoint/unsupported` on images of another size, and
   * where the model has no tower.
   */
  async see(images: readonly TowerInput[]): Promise<void> {
    const { tower } = this.#config;
    const [first] = images;
    if (first === undefined) return;
    if (tower === null) throw blind(first.name);
    for (const { name, size } of images) if (size !== tower.image) throw wrongSize(name, size, tower.image);
    const tiles = images.flatMap((image) => image.tiles);
    const features = await this.#featuresOf(tower, tiles);
    let tile = 0;
    for (const { name, rows, cols, tiles: { length } } of images) {
      const own = features.slice(tile, tile += length);
      this.#seen.set(name, { rows, cols, features: joined(own) });
    }
  }

  /**
   * Of the images `among` the one most like `to`: whose mean feature lies nearest to its mean feature, wherever in the image a thing
   * stands. All must have been seen; ties go to the first.
   */
  mostAlike(to: string, among: readonly string[]): string {
    const wanted = this.#mean(to);
    const distances = among.map((name) => squaredDistance(wanted, this.#mean(name)));
    return among[distances.indexOf(Math.min(...distances))] as string;
  }

  /** Features of the images one after another, `[tokens of all, inputs]`. */
  rows(images: readonly string[]): tf.Tensor2D {
    const all = joined(images.map((name) => this.#get(name).features));
    return tf.tensor2d(all, [all.length / this.#width(), this.#width()]);
  }

  /** `[inputs]` */
  #mean(name: string): Float32Array {
    const { features } = this.#get(name);
    const width = this.#width();
    const mean = new Float32Array(width);
    for (let i = 0; i < features.length; i++) mean[i % width] = (mean[i % width] as number) + (features[i] as number);
    return mean.map((sum) => sum * width / features.length);
  }

  #width(): number {
    return this.#config.connector?.inputs ?? featureWidth(this.#config.tower as TowerConfig);
  }

  /** One array for each tile, in order. */
  async #featuresOf(tower: TowerConfig, tiles: readonly Float32Array[]): Promise<Float32Array[]> {
    const atOnce = Math.min(TILES_AT_ONCE, Math.max(1, Math.floor(SCORES_AT_ONCE / (tower.heads * towerTokens(tower) ** 2))));
    const all: Float32Array[] = [];
    for (let from = 0; from < tiles.length; from += atOnce) {
      all.push(...await this.#pass(tower, tiles.slice(from, from + atOnce)));
    }
    return all;
  }

  async #pass(tower: TowerConfig, tiles: readonly Float32Array[]): Promise<Float32Array[]> {
    const perTile = 3 * tower.image ** 2;
    const cut = new Float32Array(tiles.length * perTile);
    tiles.forEach((tile, i) => cutPatches(tile, tower, cut.subarray(i * perTile, (i + 1) * perTile)));
    const features = tf.tidy(() => {
      const width = 3 * tower.patch ** 2;
      return visionTower(this.#weights, tower, tf.tensor2d(cut, [cut.length / width, width]));
    });
    const data = await features.data<'float32'>();
    features.dispose();
    const shuffled = pixelShuffle(data, patchesAcross(tower), featureWidth(tower), this.#config.connector?.shuffle ?? 1);
    const length = shuffled.length / tiles.length;
    return tiles.map((_, i) => shuffled.slice(i * length, (i + 1) * length));
  }

  #get(name: string): SeenImage {
    const seen = this.#seen.get(name);
    if (!seen) throw new Error(`The image ${name} has not been seen.`);
    return seen;
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0] as Float32Array;
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + (value - (b[i] as number)) ** 2, 0);
}

function blind(name: string): ComdError {
  return new ComdError('checkpoint/unsupported', `The image "${name}" cannot be shown to this model: it has no vision tower.`,
    'Ask it without an image, or compose it with a vision tower first.');
}

function wrongSize(name: string, size: number, expected: number): ComdError {
  return new ComdError('checkpoint/unsupported',
    `preprocessor_config.json makes "${name}" ${size} × ${size} pixels, but config.json gives the vision tower ${expected} × ${expected}.`,
    'Use the preprocessor_config.json that belongs to this checkpoint.');
}
