/**
 * How large the WASM memories of a thread are, whoever made them: they grow and never shrink, so that in the end each is what
 * was needed at most. It sees memories that are made by a script, as all backends with threads do, and not those that a
 * module brings along.
 */
const made: WebAssembly.Memory[] = [];

/** To be called before any backend starts. */
export function watchMemories(): void {
  WebAssembly.Memory = new Proxy(WebAssembly.Memory, {
    construct(target, args: [WebAssembly.MemoryDescriptor]) {
      const memory = new target(...args);
      made.push(memory);
      return memory;
    },
  });
}

export function memoryBytes(): number {
  return made.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}
