/** Every op's kernels, as one module. AssemblyScript: see `scripts/build-kernels.ts`. */
export * from '../linear/kernel.as';
