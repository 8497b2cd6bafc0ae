import type { RotaryKernels } from './kernels';

export const onWebGpu = {} as RotaryKernels;
