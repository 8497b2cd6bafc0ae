/**
 * How kernels of ours run on the WebGPU backend: in the library's own pass, between its operations and in order with them,
 * with bind groups and uniforms that are made once. It knows no operation.
 */
import * as tf from '@tensorflow/tfjs';
import { isSoftware } from '../device/webgpu';
import type { OwnedBackend, Place, Slices } from '../device/webgpu-backend';
import { ComdError } from '../errors';

/** A shader and what is fixed in it. The same label means the same kernel. */
export interface Kernel {
  label: string;
  /** WGSL. Binding 0 is a uniform of 32-bit unsigned integers; the buffers follow in order. */
  code: string;
  entryPoint: string;
  constants?: Record<string, number>;
}

/** Threads of a workgroup, in kernels that work number by number. */
export const GROUP_SIZE = 64;

/** Bind groups and uniforms that are remembered at most; all are forgotten beyond that. */
const REMEMBERED = 4096;

/** What is private to the backend, and its version pinned for. */
interface Inside {
  commandEncoder: GPUCommandEncoder;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
}

/** What was made for one device. */
interface Made {
  pipelines: Map<string, GPUComputePipeline>;
  uniforms: Map<string, GPUBuffer>;
  /** Valid as long as no buffer has been destroyed since. */
  bindGroups: Map<string, GPUBindGroup>;
  destroyed: number;
}

const made = new WeakMap<GPUDevice, Made>();
const numbers = new WeakMap<object, number>();
let numbered = 0;
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

/** A float as the 32 bits that a uniform carries; the shader reads it as `f32` or by `bitcast`. */
export function bits(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0] as number;
}

export function webGpuBackend(): OwnedBackend {
  return tf.backend() as OwnedBackend;
}

/**
 * Throws `device/limit` where a tensor is more than a kernel may bind on this device.
 * @param what names it in the message
 */
export function mustFit(what: string, bytes: number): void {
  const { maxStorageBufferBindingSize, maxBufferSize } = webGpuBackend().device.limits;
  const [limit, name] = maxBufferSize < maxStorageBufferBindingSize
    ? [maxBufferSize, 'maxBufferSize'] : [maxStorageBufferBindingSize, 'maxStorageBufferBindingSize'];
  if (bytes <= limit) return;
  throw new ComdError('device/limit', `${what} takes ${bytes} bytes in one buffer; this graphics device allows ${limit} (${name}).`,
    'Keep the frozen weights packed (f16, int8 or int4), use a smaller model or batch, or choose the WASM backend.');
}

/** A tensor on the device, with whatever lay there before. Throws `device/limit`. */
export function uninitialised(shape: readonly number[], dtype: 'float32' | 'int32'): tf.TensorInfo {
  mustFit(`A tensor [${shape.join(', ')}]`, 4 * tf.util.sizeFromShape([...shape]));
  const info = webGpuBackend().makeTensorInfo([...shape], dtype);
  webGpuBackend().uploadToGPU(info.dataId);
  return info;
}

/** Tensors that are slices of one buffer, with whatever lay there before. Throws `device/limit`. */
export function slicesOf(shapes: readonly (readonly number[])[]): { whole: tf.TensorInfo; parts: tf.Tensor[] } {
  mustFit(`All of ${shapes.length} tensors`, shapes.reduce((sum, shape) => sum + 4 * tf.util.sizeFromShape([...shape]) + 256, 0));
  const { whole, parts }: Slices = webGpuBackend().slices(shapes);
  return { whole, parts: parts.map((part) => tf.engine().makeTensorFromTensorInfo(part)) };
}

/** Gives back a tensor that has not been made one that TensorFlow.js counts. */
export function discard(info: tf.TensorInfo): void {
  webGpuBackend().disposeData(info.dataId);
}

/**
 * Adds a dispatch to the library's pass.
 * @param buffers tensors, or buffers of our own, which must live until {@link submit}
 * @param uniforms 32-bit unsigned integers, few different ones in all: they are remembered
 * @param groups workgroups along x and y, the second for rows of a matrix; see {@link spread} for more than fit along x
 */
export function dispatch(
  kernel: Kernel, buffers: (tf.TensorInfo | GPUBuffer)[], uniforms: number[], groups: readonly [number, number] | readonly [number, number, number],
): void {
  const backend = webGpuBackend();
  const inside = backend as unknown as Inside;
  mustReach(kernel, groups);
  const known = madeFor(backend);
  const pipeline = pipelineOf(backend.device, known, kernel);
  const places = buffers.map((buffer) => buffer instanceof GPUBuffer ? { buffer, offset: 0, size: buffer.size } : backend.placeOf(buffer));
  const bindGroup = bindGroupOf(backend.device, known, pipeline, [uniformsOf(backend.device, known, uniforms), ...places]);
  backend.ensureCommandEncoderReady();
  const pass = inside.computePassEncoder ??= inside.commandEncoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(groups[0], groups[1], groups[2]);
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

/** Gives back to the device what buffers are free: after work that does not come again, such as loading. Nothing elsewhere. */
export function giveBack(): void {
  if (tf.getBackend() !== 'webgpu') return;
  submit();
  webGpuBackend().buffers.trim();
}

/** Workgroups for so many threads: along x as far as they fit, then in rows of them. */
export function spread(threads: number): [number, number] {
  const groups = Math.ceil(threads / GROUP_SIZE);
  const most = webGpuBackend().device.limits.maxComputeWorkgroupsPerDimension;
  const down = Math.ceil(groups / most);
  return [Math.ceil(groups / down), down];
}

function mustReach({ label }: Kernel, groups: readonly number[]): void {
  const most = webGpuBackend().device.limits.maxComputeWorkgroupsPerDimension;
  if (Math.max(...groups) <= most) return;
  throw new ComdError('device/limit',
    `${label} needs ${groups.join(' × ')} workgroups; this graphics device allows ${most} each way (maxComputeWorkgroupsPerDimension).`,
    'Use a smaller batch, or choose the WASM backend.');
}

function madeFor({ device, buffers }: OwnedBackend): Made {
  const known = made.get(device) ?? { pipelines: new Map(), uniforms: new Map(), bindGroups: new Map(), destroyed: 0 };
  made.set(device, known);
  if (known.destroyed !== buffers.destroyed || known.bindGroups.size > REMEMBERED) {
    known.bindGroups.clear();
    known.destroyed = buffers.destroyed;
  }
  return known;
}

function pipelineOf(device: GPUDevice, { pipelines }: Made, { label, code, entryPoint, constants }: Kernel): GPUComputePipeline {
  const pipeline = pipelines.get(label) ?? device.createComputePipeline({
    label, layout: 'auto', compute: { module: device.createShaderModule({ label, code }), entryPoint, constants },
  });
  pipelines.set(label, pipeline);
  return pipeline;
}

function uniformsOf(device: GPUDevice, known: Made, values: readonly number[]): Place {
  const key = values.join();
  let buffer = known.uniforms.get(key);
  if (buffer === undefined) {
    // Those that are forgotten may still be wanted by what is recorded; the garbage collector has them in the end.
    if (known.uniforms.size >= REMEMBERED) known.uniforms.clear();
    const words = Uint32Array.from({ length: Math.max(4, Math.ceil(values.length / 4) * 4) }, (_, i) => values[i] ?? 0);
    buffer = device.createBuffer({ size: words.byteLength, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    device.queue.writeBuffer(buffer, 0, words);
    known.uniforms.set(key, buffer);
  }
  return { buffer, offset: 0, size: buffer.size };
}

function bindGroupOf(device: GPUDevice, { bindGroups }: Made, pipeline: GPUComputePipeline, places: readonly Place[]): GPUBindGroup {
  const key = `${numberOf(pipeline)}:${places.map(({ buffer, offset, size }) => `${numberOf(buffer)} ${offset} ${size}`).join()}`;
  const group = bindGroups.get(key) ?? device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0), entries: places.map((resource, binding) => ({ binding, resource })),
  });
  bindGroups.set(key, group);
  return group;
}

function numberOf(thing: object): number {
  const number = numbers.get(thing) ?? ++numbered;
  numbers.set(thing, number);
  return number;
}
