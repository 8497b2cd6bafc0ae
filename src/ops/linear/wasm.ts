import type { LinearKernels } from './kernels';

export const onWasm = {} as LinearKernels;
