/**
 * The buffers of a device, handed out in a few sizes and taken back to be used again; what lies idle for long is given back
 * to the device. It takes the place of TensorFlow.js' own manager, which keeps a list for every exact size and never frees.
 * It knows no tensors.
 *
 * Commands are recorded first and submitted later, while a write from the host happens at once. So a buffer that was given
 * back since the last submission may go to a kernel, whose turn comes after those before it, but not to a write from the host.
 */

/** What tensors lie in. */
export const TENSOR_USAGE = 0x80 | 0x04 | 0x08; // STORAGE | COPY_SRC | COPY_DST

/** A free buffer that was not wanted during so many submissions goes. */
const IDLE_SUBMISSIONS = 24;
/** Offsets of bindings are multiples of this, and so are sizes. */
export const ALIGNMENT = 256;

interface Free {
  buffer: GPUBuffer;
  /** Number of submissions when it came back. */
  since: number;
}

export class PooledBuffers {
  numBytesUsed = 0;
  numBytesAllocated = 0;
  /** How many went. Who remembers buffers forgets them when this has changed. */
  destroyed = 0;
  readonly #device: GPUDevice;
  readonly #free = new Map<string, Free[]>();
  readonly #used = new Set<GPUBuffer>();
  #submissions = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** A buffer of at least this size: for tensors one that commands write, for every other use one that the host may write. */
  acquireBuffer(size: number, usage: GPUBufferUsageFlags): GPUBuffer {
    return this.#acquire(size, usage, usage !== TENSOR_USAGE);
  }

  /** A tensor's buffer that the host may write at once. */
  acquireForUpload(size: number): GPUBuffer {
    return this.#acquire(size, TENSOR_USAGE, true);
  }

  releaseBuffer(buffer: GPUBuffer): void {
    if (!this.#used.delete(buffer)) return;
    this.numBytesUsed -= buffer.size;
    this.#freeOf(buffer.size, buffer.usage).push({ buffer, since: this.#submissions });
  }

  /** Everything recorded so far has been submitted. */
  submitted(): void {
    this.#submissions++;
    if (this.#submissions % IDLE_SUBMISSIONS === 0) this.#trim(this.#submissions - IDLE_SUBMISSIONS);
  }

  /** Gives back to the device all that is free, once what was recorded is submitted: after work that does not come again. */
  trim(): void {
    this.#trim(this.#submissions - 1);
  }

  getNumUsedBuffers(): number {
    return this.#used.size;
  }

  getNumFreeBuffers(): number {
    return [...this.#free.values()].reduce((sum, { length }) => sum + length, 0);
  }

  dispose(): void {
    this.#trim(Infinity);
    for (const buffer of this.#used) this.#destroy(buffer);
    this.#used.clear();
    this.numBytesUsed = 0;
  }

  #acquire(size: number, usage: GPUBufferUsageFlags, forHost: boolean): GPUBuffer {
    const bytes = Math.min(bucket(size), Math.max(size, this.#device.limits.maxBufferSize));
    const free = this.#freeOf(bytes, usage);
    // The one that came back last: its contents are the likeliest to lie in a cache, and the others may grow old.
    const at = forHost ? free.findLastIndex(({ since }) => since < this.#submissions) : free.length - 1;
    const buffer = free.splice(at, at < 0 ? 0 : 1)[0]?.buffer ?? this.#create(bytes, usage);
    this.#used.add(buffer);
    this.numBytesUsed += bytes;
    return buffer;
  }

  #create(size: number, usage: GPUBufferUsageFlags): GPUBuffer {
    this.numBytesAllocated += size;
    return this.#device.createBuffer({ size, usage });
  }

  #freeOf(size: number, usage: GPUBufferUsageFlags): Free[] {
    const key = `${size} ${usage}`;
    const free = this.#free.get(key) ?? [];
    this.#free.set(key, free);
    return free;
  }

  /** Destroys what came back at that submission or before it. */
  #trim(before: number): void {
    for (const [key, free] of this.#free) {
      const kept = free.filter(({ since }) => since > before);
      for (const { buffer, since } of free) if (since <= before) this.#destroy(buffer);
      if (kept.length === 0) this.#free.delete(key);
      else this.#free.set(key, kept);
    }
  }

  #destroy(buffer: GPUBuffer): void {
    this.numBytesAllocated -= buffer.size;
    this.destroyed++;
    buffer.destroy();
  }
}

/** Sizes in steps of an eighth of the power of two below: few of them, and at most an eighth more than was asked for. */
export function bucket(size: number): number {
  const step = Math.max(ALIGNMENT, 2 ** (Math.floor(Math.log2(Math.max(1, size))) - 3));
  return Math.max(ALIGNMENT, Math.ceil(size / step) * step);
}
