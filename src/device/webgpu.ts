/**
 * The GPU as a device that we request ourselves: with all the adapter has, and with its loss and its errors seen,
 * which TensorFlow.js' own start does neither.
 */
import * as tf from '@tensorflow/tfjs';
import { webgpu_util } from '@tensorflow/tfjs-backend-webgpu';
import { ComdError } from '../errors';
import { OwnedBackend } from './webgpu-backend';

/** Useful where present; nothing here needs one. */
const features: GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];

export async function requestAdapter(): Promise<GPUAdapter | null> {
  // Browsers without WebGPU have no navigator.gpu at all.
  const gpu = navigator.gpu as GPU | undefined;
  return await gpu?.requestAdapter({ powerPreference: 'high-performance' }) ?? null;
}

/** Whether the adapter is the CPU in disguise, which WASM beats by far. */
export function isSoftware({ info }: Pick<GPUAdapter, 'info'>): boolean {
  return info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(inWords(info));
}

/** Maker, architecture and name of an adapter, as far as the browser tells. */
export function inWords(info: GPUAdapterInfo): string {
  const parts = [info.vendor, info.architecture, info.device, info.description].filter((part) => part !== '');
  return parts.length === 0 ? 'an adapter that does not say its name' : parts.join(' ');
}

/**
 * Makes WebGPU on this adapter the current backend.
 * @param onFailure called once, with `device/lost` or `device/limit`, when the device can no longer be trusted
 */
export async function openWebGpu(adapter: GPUAdapter, onFailure: (error: ComdError) => void): Promise<void> {
  const device = await adapter.requestDevice({
    requiredFeatures: features.filter((feature) => adapter.features.has(feature)),
    requiredLimits: limitsOf(adapter),
  });
  watch(device, onFailure);
  tf.removeBackend('webgpu');
  // Kernels are keyed by the name, so it stays.
  tf.registerBackend('webgpu', () => new OwnedBackend(device, adapter.info), 3);
  // Small tensors on the CPU would round otherwise than large ones on the GPU.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  // The one product whose sums have a fixed order: split-K adds by atomics.
  tf.env().set('WEBGPU_MATMUL_PROGRAM_TYPE', webgpu_util.MatMulProgramType.MatMulPackedProgram);
  // A step of training is a handful of submissions then, and the device has work while more is recorded.
  tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', 48);
  await tf.setBackend('webgpu');
}

/** Every limit the adapter has; a device left to itself gets only the least that the standard asks for. */
function limitsOf({ limits }: GPUAdapter): Record<string, number> {
  const all: Record<string, number> = {};
  // The limits are accessors of the prototype, invisible to Object.entries.
  for (const name in limits) {
    const value = limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') all[name] = value;
  }
  return all;
}

function watch(device: GPUDevice, onFailure: (error: ComdError) => void): void {
  void device.lost.then(({ reason, message }) => onFailure(new ComdError('device/lost',
    `The graphics device was lost (${reason || 'unknown reason'}): ${message}`,
    'Resume the run: it goes on from its last stored state. If this repeats, choose the WASM backend.')));
  device.addEventListener('uncapturederror', ({ error }) => {
    const limit = error instanceof GPUOutOfMemoryError || /limit|exceeds|larger than/i.test(error.message);
    onFailure(new ComdError(limit ? 'device/limit' : 'device/lost',
      `The graphics device refused an operation: ${error.message}`,
      limit ? 'Use a smaller batch, or choose the WASM backend.' : 'Resume the run. If this repeats, choose the WASM backend.'));
  });
}
