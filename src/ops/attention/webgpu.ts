import type { AttentionKernels } from './kernels';

export const onWebGpu = {} as AttentionKernels;
