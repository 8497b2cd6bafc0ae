/** How many threads our kernels run on under WASM. The library's own few operations keep theirs, whatever is said here. */
import { threadsAtWork, useThreads } from '../../ops/wasm/threads';

/** How long helpers may take to come up. */
const patienceMs = 10_000;

/** To be called when the device is open. Waits until there are so many, since helpers come up by themselves, and says how many there are then. */
export async function threadsUp(count: number): Promise<number> {
  useThreads(count);
  const end = performance.now() + patienceMs;
  while (threadsAtWork() < count && performance.now() < end) await new Promise((wake) => { setTimeout(wake, 20); });
  return threadsAtWork();
}
