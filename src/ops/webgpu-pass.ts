/**
 * The one seam to the inside of the WebGPU backend: kernels of ours run in the library's own pass, between its operations
 * and in order with them. It knows no operation.
 */
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { isSoftware } from '../device/webgpu';
import { ComdError } from '../errors';

/** A shader and what is fixed in it. The same label means the same kernel. */
export interface Kernel {
  label: string;
  /** WGSL. Binding 0 is a uniform of 32-bit unsigned integers; the buffers follow in order. */
  code: string;
  entryPoint: string;
  constants?: Record<string, number>;
}

/** Threads of a workgroup, in every kernel of ours. */
export const GROUP_SIZE = 64;

/** What is private to the backend, and its version pinned for. */
interface Inside {
  commandEncoder: GPUCommandEncoder;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
  makeUniforms(uniforms: { type: 'uint32'; data: number[] }[]): GPUBindingResource;
}

const pipelines = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

/** A float as the 32 bits that a uniform carries; the shader reads it as `f32` or by `bitcast`. */
export function bits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] as number;
}

let chosen: AdapterKind | undefined;

/** A software adapter is the CPU in disguise: barriers are dear there, and so is memory that a workgroup shares. */
export type AdapterKind = 'hardware' | 'software';

/** The kind of adapter that kernels are chosen for. */
export function adapterKind(): AdapterKind {
  return chosen ?? (isSoftware({ info: webGpuBackend().device.adapterInfo }) ? 'software' : 'hardware');
}

/** Chooses kernels for another kind of adapter than there is, so that tests and benchmarks see both; by default for the one there is. */
export function chooseKernelsFor(kind?: AdapterKind): void {
  chosen = kind;
}

export function webGpuBackend(): WebGPUBackend {
  return tf.backend() as WebGPUBackend;
}

/**
 * Throws `device/limit` where a tensor is more than a kernel may bind on this device.
 * @param what names it in the message
 */
export function mustFit(what: string, bytes: number): void {
  const { maxStorageBufferBindingSize, maxBufferSize } = webGpuBackend().device.limits;
  const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize);
  if (bytes <= limit) return;
  throw new ComdError('device/limit', `${what} takes ${bytes} bytes in one buffer; this graphics device allows ${limit}.`,
    'Keep the frozen weights packed (f16, int8 or int4), use a smaller model, or choose the WASM backend.');
}

/** A tensor on the device, with whatever lay there before. Throws `device/limit`. */
export function uninitialised(shape: readonly number[], dtype: 'float32' | 'int32'): tf.TensorInfo {
  mustFit(`A tensor [${shape.join(', ')}]`, 4 * tf.util.sizeFromShape([...shape]));
  const info = webGpuBackend().makeTensorInfo([...shape], dtype);
  webGpuBackend().uploadToGPU(info.dataId);
  return info;
}

/** Makes it a tensor that TensorFlow.js counts, tidies and disposes of. */
export function asTensor<T extends tf.Tensor>(info: tf.TensorInfo): T {
  return tf.engine().makeTensorFromTensorInfo(info) as T;
}

/**
 * Adds a dispatch to the library's pass.
 * @param buffers tensors, or buffers of our own, which must live until {@link submit}
 * @param uniforms 32-bit unsigned integers
 * @param groups workgroups along x and y, the second for rows of a matrix; see {@link spread} for more than fit along x
 */
export function dispatch(kernel: Kernel, buffers: (tf.TensorInfo | GPUBuffer)[], uniforms: number[], groups: readonly [number, number]): void {
  const backend = webGpuBackend();
  const inside = backend as unknown as Inside;
  const most = backend.device.limits.maxComputeWorkgroupsPerDimension;
  if (Math.max(...groups) > most) {
    throw new ComdError('device/limit', `${kernel.label} needs ${groups.join(' × ')} workgroups; this graphics device allows ${most} each way.`,
      'Use a smaller batch, or choose the WASM backend.');
  }
  const pipeline = pipelineOf(backend.device, kernel);
  const resources = [inside.makeUniforms(uniforms.map((value) => ({ type: 'uint32', data: [value] }))), ...buffers.map(bindingOf)];
  const bindGroup = backend.device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0), entries: resources.map((resource, binding) => ({ binding, resource })),
  });
  backend.ensureCommandEncoderReady();
  const pass = inside.computePassEncoder ??= inside.commandEncoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...groups);
  // The library submits so that the device has work while more is recorded.
  if (++inside.dispatchCountInPass >= tf.env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) submit();
}

/** Hands everything recorded to the device. What is written to a buffer from now on comes after it. */
export function submit(): void {
  const backend = webGpuBackend();
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
}

/** Workgroups for so many threads: along x as far as they fit, then in rows of them. */
export function spread(threads: number): [number, number] {
  const groups = Math.ceil(threads / GROUP_SIZE);
  const most = webGpuBackend().device.limits.maxComputeWorkgroupsPerDimension;
  const down = Math.ceil(groups / most);
  return [Math.ceil(groups / down), down];
}

function bindingOf(buffer: tf.TensorInfo | GPUBuffer): GPUBindingResource {
  if (buffer instanceof GPUBuffer) return { buffer };
  const backend = webGpuBackend();
  backend.uploadToGPU(buffer.dataId);
  // A tensor that is disposed of before the pass is submitted keeps its buffer until then.
  (backend as unknown as Inside).commandQueueOwnedIds.add(buffer.dataId);
  return { buffer: backend.tensorMap.get(buffer.dataId).resource as GPUBuffer };
}

function pipelineOf(device: GPUDevice, { label, code, entryPoint, constants }: Kernel): GPUComputePipeline {
  const known = pipelines.get(device) ?? new Map<string, GPUComputePipeline>();
  pipelines.set(device, known);
  const pipeline = known.get(label) ?? device.createComputePipeline({
    label, layout: 'auto', compute: { module: device.createShaderModule({ label, code }), entryPoint, constants },
  });
  known.set(label, pipeline);
  return pipeline;
}
