import type { OptimizerOf } from './kernels';

export const onWebGpu = null as unknown as OptimizerOf;
