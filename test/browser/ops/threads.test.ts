import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDevice } from '../../../src/device/device';
import { threadsAtWork } from '../../../src/ops/wasm/threads';
import type { Compared } from './threads-worker';

let worker: Worker;

beforeEach(() => { worker = new Worker(new URL('./threads-worker.ts', import.meta.url), { type: 'module' }); });
afterEach(() => { worker.terminate(); });

/** What the worker answers, so many messages. */
async function ask<T>(what: 'compare' | 'hurry', answers: number): Promise<T[]> {
  return await new Promise((resolve, reject) => {
    const all: T[] = [];
    worker.onerror = ({ message }) => { reject(new Error(message)); };
    worker.onmessage = ({ data }: MessageEvent<T>) => {
      if (all.push(data) === answers) resolve(all);
    };
    worker.postMessage(what);
  });
}

test('the page is isolated, without which there are no threads', () => {
  expect(crossOriginIsolated).toBe(true);
});

test('what is computed on two threads and on four is to the bit what one computes', async () => {
  const compared = (await ask<Compared[]>('compare', 2)).flat();
  expect(new Set(compared.map(({ threads }) => threads))).toEqual(new Set([2, 4]));
  expect(compared.filter(({ isEqual }) => !isEqual)).toEqual([]);
});

test('twenty thousand jobs in a hurry all come out right', async () => {
  expect(await ask<number>('hurry', 1)).toEqual([0]);
});

test('a page\'s main thread, which may not wait, computes alone', async () => {
  await openDevice('wasm');
  expect(threadsAtWork()).toBe(1);
});
