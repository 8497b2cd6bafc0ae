import { expect, test } from 'vitest';
import { gather, SLICE } from '../../../src/app/frames';

/** A clock of frames that is moved by hand. */
function frames() {
  const waiting: (() => void)[] = [];
  return { schedule: (callback: () => void) => { waiting.push(callback); }, next: () => waiting.shift()?.(), waiting };
}

test('items put between two frames are delivered together, in order', () => {
  const clock = frames();
  const delivered: number[][] = [];
  const { put } = gather<number>((items) => delivered.push(items), clock.schedule);
  put(1);
  put(2);
  expect(delivered).toEqual([]);
  clock.next();
  expect(delivered).toEqual([[1, 2]]);
  expect(clock.waiting).toHaveLength(0);
});

test('a burst is spread over frames and nothing of it is lost', () => {
  const clock = frames();
  const delivered: number[][] = [];
  const { put } = gather<number>((items) => delivered.push(items), clock.schedule);
  const burst = Array.from({ length: 2 * SLICE + 5 }, (_, index) => index);
  burst.forEach(put);
  for (let frame = 0; frame < 3; frame++) clock.next();
  expect(delivered.map((items) => items.length)).toEqual([SLICE, SLICE, 5]);
  expect(delivered.flat()).toEqual(burst);
});

test('what is cleared is not delivered, and what comes after it is', () => {
  const clock = frames();
  const delivered: number[] = [];
  const { put, clear } = gather<number>((items) => delivered.push(...items), clock.schedule);
  put(1);
  clear();
  put(2);
  while (clock.waiting.length > 0) clock.next();
  expect(delivered).toEqual([2]);
});
