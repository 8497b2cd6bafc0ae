/** Rotary positions on the WASM backend. */
import { inParallel } from '../wasm/threads';
import { addressOf, uninitialised } from '../wasm-heap';
import type { RotaryKernels } from './kernels';

/** Numbers that are worth a part of their own: some 50 microseconds. */
const ENOUGH = 100_000;

export const onWasm: RotaryKernels = {
  turn(qkv, { cos, sin, positions }, { heads, kvHeads, headDim }, back) {
    const [rows, width] = qkv.shape as [number, number];
    const out = uninitialised(qkv.shape, 'float32');
    const addresses = [qkv, cos, sin, positions, out].map(addressOf);
    inParallel('turn', rows, Math.ceil(ENOUGH / width), (from, to) => [
      from, to, ...addresses, heads + kvHeads, kvHeads, headDim / 2, back ? -1 : 1,
    ]);
    return out;
  },
};
