/**
 * AdamW on the WebGPU backend: gradients are gathered into a flat buffer, many tensors to a dispatch, and one dispatch updates
 * all parameters of a flat buffer. There are several of those only where one would exceed the device's limit.
 */
import * as tf from '@tensorflow/tfjs';
import { byRow, rowGroups, spreadGroups } from '../by-row/by-row';
import { type AdapterKind, adapterKind, dispatch, mustFit, webGpuBackend } from '../webgpu-pass';
import { FlatParameters, type Pieces } from './flat';
import type { Optimizer, OptimizerOf, Update } from './kernels';
import { BLOCK, CELL, runsWithin } from './layout';
import code from './update.wgsl?raw';

/** About how many pieces there are in all: each is a thread's or a workgroup's, and each reads the partial sums of all. */
const PIECES: Record<AdapterKind, number> = { software: 512, hardware: 1024 };

export const onWebGpu: OptimizerOf = (parameters, decays) => new Flat(parameters, decays);

class Flat implements Optimizer {
  readonly parameters: readonly tf.Tensor[];
  readonly #flats: readonly FlatParameters[];
  readonly #pieces: Pieces;
  /** Sums of squares of what was gathered, and zeros up to a whole number of fours. */
  readonly #partials: tf.Tensor1D;
  #gathered = false;

  constructor(parameters: readonly tf.Tensor[], decays: readonly boolean[]) {
    for (const { shape, size } of parameters) mustFit(`A parameter [${shape.join(', ')}]`, 4 * (size + BLOCK));
    this.#pieces = piecesFor(parameters);
    this.#flats = runsWithin(parameters.map(({ size }) => size), limit() / 4)
      .map(([first, end]) => new FlatParameters(parameters.slice(first, end), decays.slice(first, end), this.#pieces));
    this.parameters = this.#flats.flatMap(({ parts }) => parts);
    const pieces = this.#flats.reduce((sum, flat) => sum + flat.gatheringPieces, 0);
    this.#partials = tf.keep(tf.zeros([Math.ceil(pieces / CELL) * CELL]));
    tf.dispose([...parameters]);
  }

  gather(gradients: readonly tf.Tensor[], share: number): void {
    let [first, partial] = [0, 0];
    for (const flat of this.#flats) {
      const own = gradients.slice(first, first + flat.parts.length);
      flat.gather(own, { share, adds: this.#gathered, partials: this.#partials, partial });
      first += own.length;
      partial += flat.gatheringPieces;
    }
    this.#gathered = true;
  }

  update(update: Update): void {
    if (!this.#gathered) tf.tidy(() => { this.gather(this.parameters.map((parameter) => tf.zerosLike(parameter)), 1); });
    this.#gathered = false;
    // Not uniforms, since they differ every step and uniforms are remembered.
    const constants = tf.tensor1d(constantsOf(update));
    for (const { cells, whole, gathered, mean, variance, decays } of this.#flats) {
      const buffers = [gathered, this.#partials, constants, update.loss, decays, whole, mean, variance];
      const groups = rowGroups(Math.ceil(cells / this.#pieces.cells), this.#pieces.kind);
      dispatch(
        byRow(code, 'adamw_update', CELL, {}, this.#pieces.kind), buffers,
        [cells, this.#pieces.cells, this.#partials.size / CELL], spreadGroups(groups),
      );
    }
    constants.dispose();
  }

  moments(index: number): { mean: tf.Tensor; variance: tf.Tensor } {
    const [flat, at] = this.#find(index);
    return { mean: flat.read(flat.mean, at), variance: flat.read(flat.variance, at) };
  }

  setMoments(index: number, mean: Float32Array, variance: Float32Array): void {
    const [flat, at] = this.#find(index);
    flat.write(flat.mean, at, mean);
    flat.write(flat.variance, at, variance);
  }

  dispose(): void {
    for (const flat of this.#flats) flat.dispose();
    this.#partials.dispose();
  }

  /** The flat buffer that a parameter lies in, and which of its parts it is. */
  #find(index: number): [FlatParameters, number] {
    let first = 0;
    for (const flat of this.#flats) {
      if (index < first + flat.parts.length) return [flat, index - first];
      first += flat.parts.length;
    }
    throw new Error(`There is no parameter ${index}.`);
  }
}

function piecesFor(parameters: readonly tf.Tensor[]): Pieces {
  const kind = adapterKind();
  const blocks = parameters.reduce((sum, { size }) => sum + Math.ceil(size / BLOCK), 0);
  return { kind, cells: Math.ceil(blocks / PIECES[kind]) * BLOCK / CELL };
}

/** Most bytes of a flat buffer. */
function limit(): number {
  const { maxStorageBufferBindingSize, maxBufferSize } = webGpuBackend().device.limits;
  return Math.min(maxStorageBufferBindingSize, maxBufferSize);
}

/** As `update.wgsl` has them. */
function constantsOf({ beta1, beta2, epsilon, weightDecay, clipNorm, rate, step }: Update): number[] {
  return [
    beta1, 1 - beta1, beta2, 1 - beta2, epsilon, 1 / Math.sqrt(1 - beta2 ** step), rate / (1 - beta1 ** step), 1 - rate * weightDecay, clipNorm,
  ];
}
