import type { CrossEntropyKernels } from './kernels';

export const onWasm = {} as CrossEntropyKernels;
