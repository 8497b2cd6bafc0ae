import type { NormKernels } from './kernels';

export const onWebGpu = {} as NormKernels;
