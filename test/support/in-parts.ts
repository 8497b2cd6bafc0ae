/** Work shared out as among threads, in Node, which has none: `vi.mock` of `ops/wasm/threads` by {@link threadsInParts}. */
import type * as Threads from '../../src/ops/wasm/threads';

/** Items of a part; undefined for all in one. */
let size: number | undefined;

/** The module with an `inParallel` that runs part after part. */
export function threadsInParts(threads: typeof Threads): typeof Threads {
  const inParallel: typeof threads.inParallel = (kernel, count, grain, run) => {
    const items = size ?? Math.max(1, count);
    for (let from = 0; from < count; from += items) {
      const to = Math.min(from + items, count);
      threads.inParallel(kernel, count, grain, () => run(from, to));
    }
  };
  return { ...threads, inParallel };
}

/** What `f` computes as a whole, then cut into parts of one item and of two. */
export async function cut<T>(f: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (const items of [undefined, 1, 2]) {
    size = items;
    results.push(await f());
  }
  size = undefined;
  return results;
}
