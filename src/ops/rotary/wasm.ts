import type { RotaryKernels } from './kernels';

export const onWasm = {} as RotaryKernels;
