/**
 * Kernels on several threads. Where the page is isolated, the backend's memory is shared, and helpers run the same kernels on
 * it: each takes some of the rows or columns of a result, never a part of a sum, so that the result is the same to the bit
 * however many there are. It knows no operation; how a job is shared out and waited for, and why nobody waits for ever, is in
 * `job.ts`.
 *
 * Helpers come up by themselves and are used from then on; until then, or if one never comes, the calling thread does what
 * there is to do. They sleep between jobs. A page's main thread, which may not wait, has none, and neither has Node.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { allocate, memoryOf, wasmBackend } from '../wasm-heap';
import type { Kernel, WithScratch } from './instance';
import { Job, MOST_PARTS } from './job';
import { kernelModule, kernels } from './kernels';
import type { Start } from './thread';

/** Multiplications that are worth a part of their own: some 40 microseconds, several times what it takes to wake a helper. */
export const WORTHWHILE = 2 ** 20;

const MOST_THREADS = 8;
/** How long helpers may take to come up, in milliseconds. They are used all the same when they come later. */
const PATIENCE = 5000;
/** Parts for each thread, so that one that was held up leaves some to the others. */
const PARTS = 2;

/** The helpers of one backend. */
interface Pool {
  job: Job;
  /** Where the job lies. */
  address: number;
  /** The calling thread's, and their names, in the order that every thread has them in. */
  kernels: Kernel[];
  names: string[];
  started: number;
}

const pools = new WeakMap<BackendWasm, Pool>();
let wanted: number | undefined;

/**
 * How many threads kernels run on, the calling one included: at most 8, and 1 for that one alone. By default one a processor.
 * Waits for them, since a helper comes up only while its parent is idle, and says how many there are then.
 * To be called when the backend is open.
 */
export async function useThreads(count: number): Promise<number> {
  wanted = count;
  const end = performance.now() + PATIENCE;
  while (threadsAtWork() < Math.min(count, MOST_THREADS) && poolOf(wasmBackend()) && performance.now() < end) {
    await new Promise((wake) => { setTimeout(wake, 10); });
  }
  return threadsAtWork();
}

/** How many threads a large kernel would run on now. */
export function threadsAtWork(): number {
  const pool = poolOf(wasmBackend());
  return pool ? 1 + Math.min(pool.job.ready, helpersWanted()) : 1;
}

/**
 * Runs a kernel on `count` items, shared out among threads where there is enough to do.
 * @param kernel an export of the module
 * @param grain items that are worth a part of their own (see {@link WORTHWHILE})
 * @param run the kernel's arguments for the items from `from` to before `to`
 */
export function inParallel(kernel: string, count: number, grain: number, run: (from: number, to: number) => number[]): void {
  const worthwhile = Math.floor(count / grain);
  const threads = worthwhile > 1 ? threadsAtWork() : 1;
  const pool = pools.get(wasmBackend());
  if (!pool || threads === 1) {
    (kernels<Record<string, Kernel>>()[kernel] as Kernel)(...run(0, count));
    return;
  }
  const parts = Math.min(PARTS * threads, worthwhile, MOST_PARTS);
  const bound = (part: number): number => Math.floor(part * count / parts);
  pool.job.admit(helpersWanted());
  pool.job.run(pool.kernels, pool.names.indexOf(kernel), Array.from({ length: parts }, (_, part) => run(bound(part), bound(part + 1))));
}

/** With as many helpers as are wanted, some perhaps still to come. Undefined where there can be none. */
function poolOf(backend: BackendWasm): Pool | undefined {
  const memory = memoryOf(backend);
  if (!mayWait() || !isShared(memory) || helpersWanted() === 0) return undefined;
  const pool = pools.get(backend) ?? open(memory);
  pools.set(backend, pool);
  for (; pool.started < helpersWanted(); pool.started++) start(pool, memory);
  return pool;
}

function open(memory: WebAssembly.Memory): Pool {
  const address = allocate(Job.bytes);
  const job = new Job(memory.buffer, address);
  job.clear();
  const exports = kernels<Record<string, Kernel>>();
  return { job, address, kernels: Object.values(exports), names: Object.keys(exports), started: 0 };
}

/** Starts a helper. It is never stopped, for it might hold a part of a job; one that is not wanted sleeps on. */
function start(pool: Pool, memory: WebAssembly.Memory): void {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { type: 'module' });
  const scratch = allocate(kernels<WithScratch>().scratchBytes());
  worker.postMessage({ module: kernelModule(), memory, job: pool.address, scratch, helper: pool.started } satisfies Start);
}

function helpersWanted(): number {
  return Math.max(1, Math.min(wanted ?? navigator.hardwareConcurrency, MOST_THREADS)) - 1;
}

function mayWait(): boolean {
  return typeof WorkerGlobalScope !== 'undefined' && self instanceof WorkerGlobalScope;
}

function isShared({ buffer }: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
}
