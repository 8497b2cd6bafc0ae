/** Matrix products on the WASM backend. AssemblyScript: see `scripts/build-kernels.ts`. */
import { multiplyAdd } from '../wasm/simd.as';

/** A stand-in until the products are written. */
export function multiplyAddOnce(a: usize, b: usize, c: usize): void {
  v128.store(c, multiplyAdd(v128.load(a), v128.load(b), v128.load(c)));
}
