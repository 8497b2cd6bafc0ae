import type { OptimizerOf } from './kernels';

export const onWasm = null as unknown as OptimizerOf;
