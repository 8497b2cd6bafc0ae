/** An instance of the kernels on one thread. Helpers load this file: it imports nothing. */

/** What every instance must be told before its kernels run: where its own working memory lies. */
export interface WithScratch {
  giveScratch(address: number): void;
  scratchBytes(): number;
}

/** A kernel as far as threads care: numbers in, nothing out. */
export type Kernel = (...values: number[]) => void;

/** @param scratchFor gives the address of working memory for this instance alone, of so many bytes */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory, scratchFor: (bytes: number) => number): object {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { giveScratch, scratchBytes } = exports as unknown as WithScratch;
  giveScratch(scratchFor(scratchBytes()));
  return exports;
}
