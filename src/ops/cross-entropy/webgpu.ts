import type { CrossEntropyKernels } from './kernels';

export const onWebGpu = {} as CrossEntropyKernels;
