import type { ActivationKernels } from './kernels';

export const onWasm = {} as ActivationKernels;
