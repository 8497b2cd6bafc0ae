/** The thread that is measured: it opens a device and then does one thing on it. Its reader is `page.ts`. */
import * as tf from '@tensorflow/tfjs';
import * as Comlink from 'comlink';
import { openPlace } from '../../src/checkpoint/open-place';
import { openDevice } from '../../src/device/device';
import { loadModel } from '../../src/model/model';
import { addressOf, heap, uninitialised } from '../../src/ops/wasm-heap';
import type { Scheme } from '../../src/settings';
import type { ModelPlace } from '../../workers/protocol';
import '../../workers/transfer';
import { costOf } from './cost';
import { uploadRaw } from './raw';

const pageBytes = 4096;

const worker = {
  /** What it runs on, in words. */
  async open(backend: 'wasm' | 'webgpu'): Promise<string> {
    return (await openDevice(backend)).adapter;
  },
  /** Seconds that the bytes of the files take, as they are. */
  async raw(place: ModelPlace, files: readonly { file: string; bytes: number }[]): Promise<number> {
    const begin = performance.now();
    await uploadRaw(place, files);
    return (performance.now() - begin) / 1000;
  },
  /** Seconds that opening and loading take until the weights are on the device, and the bytes that they take there. */
  async load(place: ModelPlace, scheme: Scheme): Promise<{ seconds: number; deviceBytes: number }> {
    const begin = performance.now();
    const model = await loadModel(await openPlace(place), { scheme, onShard: () => undefined });
    // Reading a tensor waits for everything before it.
    await model.weights.get(model.weights.names().find((name) => !model.weights.isPacked(name)) as string).data();
    return { seconds: (performance.now() - begin) / 1000, deviceBytes: model.weights.bytes() };
  },
  /**
   * Seconds that it takes to write to so much of the WASM backend's memory for the first time, whatever is written: the
   * operating system's part of a load, page by page.
   */
  touch(bytes: number): number {
    const begin = performance.now();
    const address = addressOf(uninitialised([Math.ceil(bytes / 4)], 'float32'));
    const memory = heap();
    for (let at = 0; at < bytes; at += pageBytes) memory[address + at] = 1;
    return (performance.now() - begin) / 1000;
  },
  cost: costOf,
  /** Length of the WASM backend's memory, which never shrinks. */
  heapBytes(): number {
    return tf.getBackend() === 'wasm' ? heap().length : 0;
  },
};

export type BenchWorker = typeof worker;

Comlink.expose(worker);
