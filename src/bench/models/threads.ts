/** How many threads WASM has, the library's as well as ours. */
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { threadsAtWork, useThreads } from '../../ops/wasm/threads';

/** How long helpers may take to come up. */
const patienceMs = 10_000;

/** To be called before the device is opened. */
export function wantThreads(count: number): void {
  useThreads(count);
  setThreadsCount(count);
}

/** Waits until there are so many, since helpers come up by themselves, and says how many there are after a while. */
export async function threadsUp(count: number): Promise<number> {
  const end = performance.now() + patienceMs;
  while (threadsAtWork() < count && performance.now() < end) await new Promise((wake) => { setTimeout(wake, 20); });
  return threadsAtWork();
}
