/**
 * SHA-256 of bytes that come in pieces; `crypto.subtle` hashes only what lies in memory whole, and shards do not.
 */
import { createSHA256 } from 'hash-wasm';

/** A hash under way. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Of everything so far, in lower-case hexadecimal. The hasher is spent afterwards. */
  hex(): string;
}

export async function createHasher(): Promise<Hasher> {
  const state = await createSHA256();
  state.init();
  return {
    update(bytes) { state.update(bytes); },
    hex: () => state.digest('hex'),
  };
}

/** SHA-256 in lower-case hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const hasher = await createHasher();
  hasher.update(bytes);
  return hasher.hex();
}
