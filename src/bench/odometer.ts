/**
 * Counts what a thread asks of WebGPU, by standing in front of the API's own methods: dispatches, submits, uploads,
 * readbacks and bytes of buffers. It has to be installed before anything makes a device. What the driver keeps for itself, it
 * does not see.
 */

export interface Counts {
  dispatches: number;
  submits: number;
  /** Writes into a buffer through the queue, and buffers that are born mapped: both bring data in. */
  uploads: number;
  readbacks: number;
  /** Errors that nobody caught. */
  errors: number;
}

export interface Odometer {
  /** All counts so far. */
  read(): Counts;
  /** Bytes of the buffers there are, and the most there were since {@link Odometer.forgetPeak}. */
  bytes(): { live: number; peak: number };
  forgetPeak(): void;
}

type Method = (this: object, ...args: never[]) => unknown;

const counts: Counts = { dispatches: 0, submits: 0, uploads: 0, readbacks: 0, errors: 0 };
let [live, peak] = [0, 0];
let installed = false;

/** What each buffer holds until it is destroyed, or until nobody knows it any more. */
const sizes = new WeakMap<object, { bytes: number }>();
const forgotten = new FinalizationRegistry(release);

/** Starts to count in this thread, at most once. Where there is no WebGPU it counts nothing. */
export function installOdometer(): Odometer {
  if (!installed && typeof GPUDevice !== 'undefined') stand();
  installed = true;
  return {
    read: () => ({ ...counts }),
    bytes: () => ({ live, peak }),
    forgetPeak() {
      peak = live;
    },
  };
}

/** What was counted from one reading to the next. */
export function between(before: Counts, after: Counts): Counts {
  return {
    dispatches: after.dispatches - before.dispatches, submits: after.submits - before.submits, uploads: after.uploads - before.uploads,
    readbacks: after.readbacks - before.readbacks, errors: after.errors - before.errors,
  };
}

function stand(): void {
  behind(GPUComputePassEncoder.prototype, ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'], () => { counts.dispatches++; });
  behind(GPUQueue.prototype, ['submit'], () => { counts.submits++; });
  behind(GPUQueue.prototype, ['writeBuffer'], () => { counts.uploads++; });
  behind(GPUBuffer.prototype, ['mapAsync'], (_, [mode]) => { if (((mode as unknown as number) & GPUMapMode.READ) !== 0) counts.readbacks++; });
  behind(GPUBuffer.prototype, ['destroy'], (buffer) => release(sizes.get(buffer)));
  behind(GPUDevice.prototype, ['createBuffer'], (_, [descriptor], buffer) => hold(buffer as object, descriptor as unknown as GPUBufferDescriptor));
  behind(GPUAdapter.prototype, ['requestDevice'], (_, __, device) => {
    void (device as Promise<GPUDevice>).then((made) => made.addEventListener('uncapturederror', () => { counts.errors++; }), () => undefined);
  });
}

/** Has `seen` called after the methods, with what they were called on and with, and what they gave. */
function behind(prototype: object, names: readonly string[], seen: (self: object, args: never[], result: unknown) => void): void {
  for (const name of names) {
    const original = Reflect.get(prototype, name) as Method;
    Object.defineProperty(prototype, name, {
      configurable: true, writable: true, enumerable: true,
      value(this: object, ...args: never[]) {
        const result = original.apply(this, args);
        seen(this, args, result);
        return result;
      },
    });
  }
}

function hold(buffer: object, { size, mappedAtCreation }: GPUBufferDescriptor): void {
  if (mappedAtCreation === true) counts.uploads++;
  const held = { bytes: size };
  sizes.set(buffer, held);
  forgotten.register(buffer, held);
  live += size;
  peak = Math.max(peak, live);
}

/** A buffer that was destroyed is later forgotten too, and counts once. */
function release(held: { bytes: number } | undefined): void {
  if (held === undefined) return;
  live -= held.bytes;
  held.bytes = 0;
}
