import type { GatherKernels } from './kernels';

export const onWasm = {} as GatherKernels;
