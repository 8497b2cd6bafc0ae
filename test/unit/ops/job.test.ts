import { expect, test } from 'vitest';
import { Job } from '../../../src/ops/wasm/job';

function newJob(): Job {
  const job = new Job(new SharedArrayBuffer(Job.bytes), 0);
  job.clear();
  return job;
}

test('a job is done where no helper ever comes, every part once and with its own arguments', () => {
  const calls: number[][] = [];
  const job = newJob();
  job.run([() => expect.unreachable(), (...values) => { calls.push(values); }], 1, [[1, 0.5], [2, 2 ** 32 - 1], [3, -7]]);
  expect(calls.sort()).toEqual([[1, 0.5], [2, 2 ** 32 - 1], [3, -7]]);
  expect(job.ready).toBe(0);
});

test('a kernel that fails is reported once all parts are over, and the next job is none the worse', () => {
  const job = newJob();
  const calls: number[] = [];
  const kernel = (part: number): void => {
    calls.push(part);
    if (part === 1) throw new WebAssembly.RuntimeError('unreachable');
  };
  expect(() => { job.run([kernel], 0, [[0], [1], [2]]); }).toThrow(/WASM kernel has failed/);
  expect(calls.sort()).toEqual([0, 1, 2]);
  job.run([kernel], 0, [[5], [6]]);
  expect(calls.slice(3).sort()).toEqual([5, 6]);
});
