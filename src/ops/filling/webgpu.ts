/**
 * Fills weights on the WebGPU backend. A slice is uploaded as stored, portion by portion into one buffer that is used over
 * and over, and a shader brings each portion to its place in its form.
 */
import type * as tf from '@tensorflow/tfjs';
import half from '../packed/half.wgsl?raw';
import { type PackedMatrix, type PackedScheme, bitsOf, groupsPerRow, wordsPerRow } from '../packed/matrix';
import { type Kernel, dispatch, mustFit, spread, submit, uninitialised, webGpuBackend } from '../webgpu-pass';
import { asTensor } from '../tensor';
import expand from './expand.wgsl?raw';
import packing from './pack.wgsl?raw';
import { type Filling, type Plan, bytesOf } from './plan';
import stage from './stage.wgsl?raw';

/** Bytes of a portion. */
const PORTION = 4 << 20;

/** Where portions go. */
interface Target {
  kernel: Kernel;
  tensors: tf.TensorInfo[];
  /** Threads for a portion of so many numbers. */
  threads(count: number): number;
  finish(): tf.Tensor | PackedMatrix;
}

export function fillWebGpu(plan: Plan): Filling {
  const { form } = plan;
  return new OnDevice(plan, form === 'stored' || form === 'transposed' ? expanded(plan, form) : packed(plan, form));
}

class OnDevice implements Filling {
  readonly #plan: Plan;
  readonly #target: Target;
  /** A whole number of rows. */
  readonly #portion: number;
  readonly #stage: GPUBuffer;
  #uploaded: Promise<unknown> = Promise.resolve();

  constructor(plan: Plan, target: Target) {
    const rowBytes = plan.columns * bytesOf(plan.dtype);
    this.#plan = plan;
    this.#target = target;
    this.#portion = Math.max(1, Math.floor(PORTION / rowBytes)) * rowBytes;
    this.#stage = webGpuBackend().bufferManager.acquireBuffer(
      Math.max(PORTION, 4 * Math.ceil(rowBytes / 4)), GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
    );
  }

  /** Is over when the slice before this one has arrived, so that at most two are on their way. */
  async write(bytes: Uint8Array<ArrayBuffer>, first: number): Promise<void> {
    for (let from = 0; from < bytes.length; from += this.#portion) {
      this.#put(bytes.subarray(from, from + this.#portion), first + from / bytesOf(this.#plan.dtype));
    }
    const before = this.#uploaded;
    this.#uploaded = webGpuBackend().queue.onSubmittedWorkDone();
    await before;
  }

  finish(): tf.Tensor | PackedMatrix {
    webGpuBackend().bufferManager.releaseBuffer(this.#stage);
    return this.#target.finish();
  }

  dispose(): void {
    webGpuBackend().bufferManager.releaseBuffer(this.#stage);
    for (const { dataId } of this.#target.tensors) webGpuBackend().disposeData(dataId);
  }

  #put(bytes: Uint8Array<ArrayBuffer>, first: number): void {
    const { dtype, rows, columns } = this.#plan;
    const count = bytes.length / bytesOf(dtype);
    upload(this.#stage, bytes);
    const { kernel, tensors, threads } = this.#target;
    dispatch(kernel, [this.#stage, ...tensors], [['F32', 'F16', 'BF16'].indexOf(dtype), count, first, rows, columns], spread(threads(count)));
    // An upload does not wait for what is only recorded.
    submit();
  }
}

/** Copies whole words; an odd half at the end gets a word of its own. */
function upload(buffer: GPUBuffer, bytes: Uint8Array<ArrayBuffer>): void {
  const { queue } = webGpuBackend();
  const whole = bytes.length - bytes.length % 4;
  queue.writeBuffer(buffer, 0, bytes, 0, whole);
  if (whole === bytes.length) return;
  const last = new Uint8Array(4);
  last.set(bytes.subarray(whole));
  queue.writeBuffer(buffer, whole, last);
}

function expanded({ shape, rows, columns }: Plan, form: 'stored' | 'transposed'): Target {
  mustFit(`The weight [${shape.join(', ')}] as floats`, 4 * rows * columns);
  const out = uninitialised(form === 'stored' ? shape : [columns, rows], 'float32');
  return {
    kernel: { label: `fill ${form}`, code: half + stage + expand, entryPoint: form === 'stored' ? 'as_stored' : 'transposed' },
    tensors: [out],
    threads: (count) => count,
    finish: () => asTensor(out),
  };
}

function packed({ shape, rows, columns }: Plan, scheme: PackedScheme): Target {
  const perRow = wordsPerRow(scheme, columns);
  const groups = groupsPerRow(columns);
  mustFit(`The weight [${shape.join(', ')}] as ${scheme}`, 4 * rows * perRow);
  const words = uninitialised([rows, perRow], 'int32');
  const scales = scheme === 'f16' ? null : uninitialised([rows, groups], 'int32');
  return {
    kernel: scales ? codes(scheme) : { label: 'fill f16', code: half + stage + packing, entryPoint: 'halves' },
    tensors: scales ? [words, scales] : [words],
    threads: (count) => count / columns * (scales ? groups : perRow),
    finish: () => ({ scheme, rows, columns, words: asTensor(words), scales: scales && asTensor(scales) }),
  };
}

function codes(scheme: PackedScheme): Kernel {
  const levels = 2 ** bitsOf[scheme] - 1;
  return {
    label: `fill ${scheme}`, code: half + stage + packing, entryPoint: 'codes',
    constants: { BITS: bitsOf[scheme], LEVELS: levels, RECIPROCAL: Math.fround(1 / levels) },
  };
}
