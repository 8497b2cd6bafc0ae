/** Every op's kernels, as one module. AssemblyScript: see `scripts/build-kernels.ts`. */
export * from '../linear/kernel.as';
export * from '../norm/kernel.as';
export * from '../activation/kernel.as';
export * from '../gather-rows/kernel.as';
export * from '../cross-entropy/kernel.as';
export * from '../soft-targets/kernel.as';
export * from '../adamw/kernel.as';
export * from '../attention/kernel.as';
export * from '../rotary/kernel.as';
export * from '../decode/kernel.as';
export { pack, unpack, widenBrain, widenHalf } from '../packed/kernel.as';
export * from '../packed/multiply.as';
export { transpose } from './transpose.as';
export { giveScratch, scratchBytes } from './scratch.as';
export * from '../halves/kernel.as';
