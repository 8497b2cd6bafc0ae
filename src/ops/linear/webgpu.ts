import type { LinearKernels } from './kernels';

export const onWebGpu = {} as LinearKernels;
