/**
 * Fills weights in the memory of the WASM backend itself. A slice passes in portions that stay in the processor's cache:
 * copied in as stored, widened, and from there to their place.
 */
import type * as tf from '@tensorflow/tfjs';
import { packedKernels } from '../packed/kernel';
import { type PackedMatrix, type PackedScheme, bitsOf, groupsPerRow, wordsPerRow } from '../packed/matrix';
import { addressOf, allocate, heap, release, uninitialised, wasmBackend } from '../wasm-heap';
import { asTensor } from '../tensor';
import { kernels } from '../wasm/kernels';
import { type Filling, type Plan, type StoredType, bytesOf } from './plan';

interface Transposing {
  /** Floats `[rows, columns]`, `stride` numbers apart, transposed into rows that lie `strideTo` apart. */
  transpose(from: number, stride: number, rows: number, columns: number, to: number, strideTo: number): void;
}

/** Numbers in a portion: 256 KiB as floats. */
const PORTION = 1 << 16;
/** Rows that are transposed at a time: two cache lines of the result. */
const STRIP = 32;

export function fillWasm(plan: Plan): Filling {
  return plan.form === 'stored' ? new Whole(plan) : new Rows(plan, plan.form === 'transposed' ? transposed(plan) : packed(plan, plan.form));
}

/** A tensor that stays as stored. */
class Whole implements Filling {
  readonly #dtype: StoredType;
  readonly #tensor: tf.TensorInfo;
  readonly #stage: number;

  constructor({ dtype, shape }: Plan) {
    this.#dtype = dtype;
    this.#tensor = uninitialised(shape, 'float32');
    this.#stage = dtype === 'F32' ? 0 : allocate(PORTION * bytesOf(dtype));
  }

  write(bytes: Uint8Array<ArrayBuffer>, first: number): void {
    const to = addressOf(this.#tensor) + 4 * first;
    if (this.#dtype === 'F32') heap().set(bytes, to);
    else eachPortion(bytes, 2 * PORTION, (portion, from) => widen(this.#dtype, portion, this.#stage, to + 2 * from));
  }

  finish(): tf.Tensor {
    release(this.#stage);
    return asTensor(this.#tensor);
  }

  dispose(): void {
    release(this.#stage);
    wasmBackend().disposeData(this.#tensor.dataId);
  }
}

/** Where rows go. */
interface Target {
  /** Puts `rows` rows of floats that lie at `from` where they belong. */
  put(from: number, row: number, rows: number): void;
  tensors: tf.TensorInfo[];
  finish(): tf.Tensor | PackedMatrix;
}

/** A matrix that takes another form row by row. */
class Rows implements Filling {
  readonly #plan: Plan;
  readonly #target: Target;
  /** Rows of a portion. */
  readonly #strip: number;
  readonly #stage: number;
  readonly #floats: number;

  constructor(plan: Plan, target: Target) {
    this.#plan = plan;
    this.#target = target;
    this.#strip = Math.max(STRIP, Math.floor(PORTION / Math.max(plan.columns, 1) / STRIP) * STRIP);
    const size = Math.min(this.#strip, plan.rows) * plan.columns;
    this.#stage = plan.dtype === 'F32' ? 0 : allocate(size * 2);
    this.#floats = allocate(size * 4);
  }

  write(bytes: Uint8Array<ArrayBuffer>, first: number): void {
    const { dtype, columns } = this.#plan;
    const rowBytes = columns * bytesOf(dtype);
    eachPortion(bytes, this.#strip * rowBytes, (portion, from) => {
      widen(dtype, portion, this.#stage, this.#floats);
      this.#target.put(this.#floats, first / columns + from / rowBytes, portion.length / rowBytes);
    });
  }

  finish(): tf.Tensor | PackedMatrix {
    this.#release();
    return this.#target.finish();
  }

  dispose(): void {
    this.#release();
    for (const { dataId } of this.#target.tensors) wasmBackend().disposeData(dataId);
  }

  #release(): void {
    release(this.#stage);
    release(this.#floats);
  }
}

function transposed({ rows, columns }: Plan): Target {
  const out = uninitialised([columns, rows], 'float32');
  return {
    tensors: [out],
    put: (from, row, count) => kernels<Transposing>().transpose(from, columns, count, columns, addressOf(out) + 4 * row, rows),
    finish: () => asTensor(out),
  };
}

function packed({ rows, columns }: Plan, scheme: PackedScheme): Target {
  const perRow = wordsPerRow(scheme, columns);
  const groups = groupsPerRow(columns);
  const words = uninitialised([rows, perRow], 'int32');
  const scales = scheme === 'f16' ? null : uninitialised([rows, groups], 'int32');
  return {
    tensors: scales ? [words, scales] : [words],
    put: (from, row, count) => packedKernels().pack(
      from, count, columns, bitsOf[scheme], addressOf(words) + 4 * row * perRow, scales ? addressOf(scales) + 4 * row * groups : 0,
    ),
    finish: () => ({ scheme, rows, columns, words: asTensor(words), scales: scales && asTensor(scales) }),
  };
}

/** Copies stored numbers into the memory and leaves them as floats at `to`; halves go by way of `stage`. */
function widen(dtype: StoredType, bytes: Uint8Array, stage: number, to: number): void {
  heap().set(bytes, dtype === 'F32' ? to : stage);
  if (dtype === 'BF16') packedKernels().widenBrain(stage, to, bytes.length / 2);
  if (dtype === 'F16') packedKernels().widenHalf(stage, to, bytes.length / 2);
}

/** Calls with every portion of at most `size` bytes and where it begins. */
function eachPortion(bytes: Uint8Array, size: number, take: (portion: Uint8Array, from: number) => void): void {
  for (let from = 0; from < bytes.length; from += size) take(bytes.subarray(from, from + size), from);
}
