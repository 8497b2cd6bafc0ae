/** Attention on the WASM backend. AssemblyScript: see `scripts/build-kernels.ts`. */
export { attend, attendScratch } from './forward.as';
export { attendBack, attendBackScratch } from './backward.as';
