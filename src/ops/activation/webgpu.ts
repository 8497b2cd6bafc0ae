import type { ActivationKernels } from './kernels';

export const onWebGpu = {} as ActivationKernels;
