/** Rotary positions on the WebGPU backend: the kernel of `turn.wgsl`, the same for every kind of adapter. */
import { type Kernel, dispatch, spread, uninitialised } from '../webgpu-pass';
import type { RotaryKernels } from './kernels';
import scalars from './scalars.wgsl?raw';
import turnText from './turn.wgsl?raw';
import vectors from './vectors.wgsl?raw';

export const onWebGpu: RotaryKernels = {
  turn(qkv, { cos, sin, positions }, { heads, kvHeads, headDim }, back) {
    const [rows = 0] = qkv.shape;
    const result = uninitialised(qkv.shape, 'float32');
    // Nothing can be bound of an empty batch.
    if (rows === 0) return result;
    const numbers = partOf(headDim);
    const half = headDim / 2 / numbers;
    const all = heads + 2 * kvHeads;
    dispatch(kernelOf(numbers, back), [qkv, cos, sin, positions, result], [rows, all, heads + kvHeads, half], spread(rows * all * half));
    return result;
  },
};

/** Numbers that a thread takes of each half of a head. */
function partOf(headDim: number): 1 | 4 {
  return headDim % 8 === 0 ? 4 : 1;
}

function kernelOf(numbers: 1 | 4, back: boolean): Kernel {
  return {
    label: `turn${back ? ' back' : ''} by ${numbers}`, code: (numbers === 4 ? vectors : scalars) + turnText, entryPoint: 'turn',
    constants: { DIRECTION: back ? -1 : 1 },
  };
}
