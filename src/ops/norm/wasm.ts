import type { NormKernels } from './kernels';

export const onWasm = {} as NormKernels;
