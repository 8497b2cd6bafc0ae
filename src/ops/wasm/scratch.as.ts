/**
 * Working memory of the kernels, a piece for every thread: the memory is shared, an instance's globals are its own.
 * AssemblyScript: see `scripts/build-kernels.ts`.
 */

/** Where this instance's lies, `scratchBytes()` of them. */
export let scratch: usize = 0;

/** Before the first kernel runs. */
export function giveScratch(address: usize): void {
  scratch = address;
}

/** As much as the most demanding kernel needs, whatever the sizes of what it works on. */
export function scratchBytes(): usize {
  return 1 << 19;
}
