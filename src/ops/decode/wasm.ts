import type { DecodeKernels } from './kernels';

export const onWasm = {} as DecodeKernels;
