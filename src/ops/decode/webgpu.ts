import type { DecodeKernels } from './kernels';

export const onWebGpu = {} as DecodeKernels;
