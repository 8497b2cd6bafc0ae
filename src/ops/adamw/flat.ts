/** Parameters as parts of one flat buffer, with flat buffers beside it for what an optimizer keeps of them. */
import * as tf from '@tensorflow/tfjs';
import { byRow, rowGroups, spreadGroups } from '../by-row/by-row';
import { type AdapterKind, type Kernel, bits, discard, dispatch, slicesOf, uninitialised, webGpuBackend } from '../webgpu-pass';
import gathering from './gather.wgsl?raw';
import inputFour from './input-four.wgsl?raw';
import inputOne from './input-one.wgsl?raw';
import { type Batch, type Place, BLOCK, CELL, batchesOf, lengthOf, placesOf } from './layout';
import take from './take.wgsl?raw';

/** What the work on flat buffers is cut into. */
export interface Pieces {
  /** Of a piece; a whole number of blocks. */
  cells: number;
  kind: AdapterKind;
}

/** What becomes of tensors that are brought into a flat buffer. */
export interface Gathering {
  share: number;
  /** Adds to what the buffer holds. */
  adds: boolean;
  /** Sums of squares of what every piece holds then. */
  partials: tf.TensorInfo;
  /** Where the first of them goes. */
  partial: number;
}

/** Buffers that a gathering binds beside its inputs. */
const BESIDE_INPUTS = 2;

export class FlatParameters {
  /** The parameters, owned by their user. */
  readonly parts: readonly tf.Tensor[];
  readonly whole: tf.TensorInfo;
  readonly gathered: tf.TensorInfo;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
  /** Whether there is decay, block by block. */
  readonly decays: tf.Tensor1D;
  readonly cells: number;
  readonly #places: readonly Place[];
  readonly #batches: readonly Batch[];
  readonly #pieces: Pieces;

  /** Copies the parameters. */
  constructor(given: readonly tf.Tensor[], decays: readonly boolean[], pieces: Pieces) {
    this.#pieces = pieces;
    this.#places = placesOf(given.map(({ size }) => size));
    this.#batches = batchesOf(this.#places, webGpuBackend().device.limits.maxStorageBuffersPerShaderStage - BESIDE_INPUTS);
    const length = lengthOf(this.#places);
    this.cells = length / CELL;
    const { whole, parts } = slicesOf(given.map(({ shape }) => shape));
    this.whole = whole;
    this.parts = parts.map((part) => tf.keep(part));
    this.gathered = uninitialised([length], 'float32');
    this.mean = tf.keep(tf.fill([length], 0));
    this.variance = tf.keep(tf.fill([length], 0));
    this.decays = tf.keep(tf.tensor1d(Int32Array.from(this.#places.flatMap(
      ({ size }, i) => Array.from({ length: Math.ceil(size / BLOCK) }, () => Number(decays[i] ?? false)),
    )), 'int32'));
    for (const batch of this.#batches) this.#copy(whole, given.slice(batch.first, batch.end), batch);
  }

  /** Pieces that gradients are gathered in, each with a partial sum. */
  get gatheringPieces(): number {
    return this.#batches.reduce((sum, batch) => sum + this.#piecesOf(batch), 0);
  }

  /** Gathers gradients of all parts, in order. */
  gather(gradients: readonly tf.Tensor[], gathering: Gathering): void {
    let { partial } = gathering;
    for (const batch of this.#batches) {
      this.#bring(this.gathered, gradients.slice(batch.first, batch.end), batch, { ...gathering, partial });
      partial += this.#piecesOf(batch);
    }
  }

  /** A copy of what one of the flat buffers holds of a part. */
  read(flat: tf.Tensor1D, index: number): tf.Tensor {
    const { offset, size } = this.#places[index] as Place;
    return tf.tidy(() => tf.reshape(tf.slice(flat, [offset], [size]), (this.parts[index] as tf.Tensor).shape));
  }

  write(flat: tf.Tensor1D, index: number, values: Float32Array): void {
    const { offset, size } = this.#places[index] as Place;
    tf.tidy(() => this.#copy(flat, [tf.tensor1d(values)], {
      first: index, end: index + 1, cell: offset / CELL, cells: Math.ceil(size / CELL),
    }));
  }

  /** Lets go of all but the parts. */
  dispose(): void {
    discard(this.whole);
    discard(this.gathered);
    tf.dispose([this.mean, this.variance, this.decays]);
  }

  #copy(into: tf.TensorInfo, tensors: readonly tf.Tensor[], batch: Batch): void {
    const partials = uninitialised([this.#piecesOf(batch)], 'float32');
    this.#bring(into, tensors, batch, { share: 1, adds: false, partials, partial: 0 });
    discard(partials);
  }

  #bring(into: tf.TensorInfo, tensors: readonly tf.Tensor[], batch: Batch, { share, adds, partials, partial }: Gathering): void {
    const inputs = this.#places.slice(batch.first, batch.end).flatMap(({ offset, size }) => [offset / CELL, size, 0, 0]);
    dispatch(
      gatherKernel(tensors.map(({ size }) => size % CELL === 0), this.#pieces.kind), [into, partials, ...tensors],
      [this.#pieces.cells, batch.cell, batch.cell + batch.cells, partial, bits(share), Number(adds), 0, 0, ...inputs],
      spreadGroups(rowGroups(this.#piecesOf(batch), this.#pieces.kind)),
    );
  }

  #piecesOf({ cells }: Batch): number {
    return Math.ceil(cells / this.#pieces.cells);
  }
}

/** @param fours which of the inputs are a whole number of fours */
function gatherKernel(fours: readonly boolean[], kind: AdapterKind): Kernel {
  const inputs = fours.map((isFour, i) => ((isFour ? inputFour : inputOne) + take).replaceAll('NUMBER', String(i)));
  const all = fours.map((_, i) => `take_${i}(first, end, local)`).join(' + ');
  const code = [
    gathering, ...inputs, `const INPUTS = ${fours.length};`, `fn take_all(first: u32, end: u32, local: u32) -> f32 { return ${all}; }`,
  ].join('\n');
  const kernel = byRow(code, 'gather_flat', CELL, {}, kind);
  return { ...kernel, label: `${kernel.label} ${fours.map((isFour) => isFour ? 4 : 1).join('')}` };
}
