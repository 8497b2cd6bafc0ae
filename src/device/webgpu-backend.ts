/**
 * TensorFlow.js' WebGPU backend on a device of our own, mended where it costs us: buffers come from {@link PooledBuffers};
 * tensors may be slices of one buffer; numbers go to the device without ending the pass, and come back exactly, whatever the
 * size of their buffer, and never from a copy that a kernel has since made stale.
 */
import type * as tf from '@tensorflow/tfjs';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { ALIGNMENT, PooledBuffers, TENSOR_USAGE } from './pooled-buffers';

/** A tensor's place: the start of a buffer of its own, or a part of one. */
export interface Place {
  buffer: GPUBuffer;
  offset: number;
  size: number;
}

/** Parts of one buffer, of which each is a tensor. */
export interface Slices {
  /** All of it, as numbers in a row. */
  whole: tf.TensorInfo;
  parts: tf.TensorInfo[];
}

/** What is private to the library, and its version pinned for. */
interface Inside {
  commandEncoder: GPUCommandEncoder;
  releaseResource(dataId: object): void;
}

type Values = Float32Array | Int32Array | Uint8Array;

export class OwnedBackend extends WebGPUBackend {
  readonly buffers: PooledBuffers;
  /** To the whole that a slice is of. */
  readonly #wholes = new Map<object, object>();

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    super(device, info);
    this.buffers = new PooledBuffers(device);
    this.bufferManager = this.buffers as unknown as WebGPUBackend['bufferManager'];
    this.#releaseWholesWithSlices();
  }

  /** Where a tensor lies, once it is on the device. */
  placeOf({ dataId, shape }: tf.TensorInfo): Place {
    this.uploadToGPU(dataId);
    const resource = this.tensorMap.get(dataId).resource as unknown as GPUBuffer | Place;
    const size = Math.max(4, 4 * shape.reduce((a, b) => a * b, 1));
    return resource instanceof GPUBuffer ? { buffer: resource, offset: 0, size } : resource;
  }

  /** Tensors of these shapes with whatever lay there before, each a slice of one buffer, which lives as long as any of them. */
  slices(shapes: readonly (readonly number[])[]): Slices {
    const sizes = shapes.map((shape) => Math.ceil(4 * shape.reduce((a, b) => a * b, 1) / ALIGNMENT) * ALIGNMENT);
    const whole = this.makeTensorInfo([sizes.reduce((a, b) => a + b, 0) / 4], 'float32');
    const { buffer } = this.placeOf(whole);
    let offset = 0;
    const parts = shapes.map((shape, i) => {
      const part = this.makeTensorInfo([...shape], 'float32');
      const size = sizes[i] as number;
      this.tensorMap.get(part.dataId).resource = { buffer, offset, size } satisfies Place as unknown as GPUBuffer;
      this.#wholes.set(part.dataId, whole.dataId);
      this.incRef(whole.dataId);
      offset += size;
      return part;
    });
    return { whole, parts };
  }

  override uploadToGPU(dataId: object): void {
    const data = this.tensorMap.get(dataId);
    if (data.resource != null) return;
    const bytes = 4 * data.shape.reduce((a, b) => a * b, 1);
    if (data.values == null) {
      data.resource = this.buffers.acquireBuffer(bytes, TENSOR_USAGE);
      return;
    }
    const buffer = this.buffers.acquireForUpload(bytes);
    if (bytes > 0) this.queue.writeBuffer(buffer, 0, words(data.values as Values, data.dtype));
    data.resource = buffer;
    data.values = null as unknown as Values;
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    const data = this.tensorMap.get(dataId);
    if (data.values != null || data.dtype === 'complex64') return await super.read(dataId);
    const bytes = await this.#readBytes(this.placeOf({ dataId, shape: data.shape, dtype: data.dtype }), data.shape);
    if (data.dtype === 'float32') return new Float32Array(bytes);
    return data.dtype === 'bool' ? Uint8Array.from(new Int32Array(bytes)) : new Int32Array(bytes);
  }

  override submitQueue(): void {
    super.submitQueue();
    this.buffers.submitted();
  }

  async #readBytes({ buffer, offset }: Place, shape: readonly number[]): Promise<ArrayBuffer> {
    const bytes = 4 * shape.reduce((a, b) => a * b, 1);
    if (bytes === 0) return new ArrayBuffer(0);
    const staging = this.buffers.acquireBuffer(bytes, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ);
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    (this as unknown as Inside).commandEncoder.copyBufferToBuffer(buffer, offset, staging, 0, bytes);
    this.submitQueue();
    await staging.mapAsync(GPUMapMode.READ, 0, bytes);
    const copy = staging.getMappedRange(0, bytes).slice(0);
    staging.unmap();
    this.buffers.releaseBuffer(staging);
    return copy;
  }

  /** The library lets a resource go in two places; the one method that both call is private to it. */
  #releaseWholesWithSlices(): void {
    const inside = this as unknown as Inside;
    const release = inside.releaseResource.bind(this);
    inside.releaseResource = (dataId) => {
      release(dataId);
      const whole = this.#wholes.get(dataId);
      this.#wholes.delete(dataId);
      if (whole) this.disposeData(whole);
    };
  }
}

/** As 32-bit words, which is how every type lies on the device. */
function words(values: Values, dtype: tf.DataType): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  if (dtype === 'float32') return (values instanceof Float32Array ? values : Float32Array.from(values)) as Float32Array<ArrayBuffer>;
  return (values instanceof Int32Array ? values : Int32Array.from(values)) as Int32Array<ArrayBuffer>;
}
