import type { GatherKernels } from './kernels';

export const onWebGpu = {} as GatherKernels;
