import type { AttentionKernels } from './kernels';

export const onWasm = {} as AttentionKernels;
