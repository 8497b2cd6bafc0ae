/**
 * How many bytes of tensors there are at most while something is computed. Tensors that share their numbers, as one and its
 * reshaped twin do, count once; TensorFlow.js' own count takes each for itself.
 */
import * as tf from '@tensorflow/tfjs';

/** What is private to the library's engine, and its version pinned. */
interface Engine {
  state: { tensorInfo: { get(dataId: object): { bytes: number } | undefined } };
  trackTensor(tensor: tf.Tensor, backend: unknown): void;
  removeDataId(dataId: object, backend: unknown): void;
}

const engine = tf.engine() as unknown as Engine;
const track = engine.trackTensor.bind(engine);
const remove = engine.removeDataId.bind(engine);
let held = 0;
let most = 0;

/** To be called once, before any tensor is made. */
export function countTensors(): void {
  engine.trackTensor = (tensor, backend) => {
    const isNew = engine.state.tensorInfo.get(tensor.dataId) === undefined;
    track(tensor, backend);
    if (isNew) held += engine.state.tensorInfo.get(tensor.dataId)?.bytes ?? 0;
    most = Math.max(most, held);
  };
  engine.removeDataId = (dataId, backend) => {
    held -= engine.state.tensorInfo.get(dataId)?.bytes ?? 0;
    remove(dataId, backend);
  };
}

/** Bytes of all tensors there are. */
export function heldBytes(): number {
  return held;
}

/** Calls `compute` and gives what it gave, with the most bytes that tensors took meanwhile. */
export async function withPeak<T>(compute: () => Promise<T>): Promise<{ value: T; peakBytes: number }> {
  most = held;
  const value = await compute();
  return { value, peakBytes: most };
}
