import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tasksOf } from '../../../src/ops/gather-rows/tasks';

test('the tasks of a sum by index fill every row of the result once, in the order of the rows', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), fc.array(fc.nat(), { maxLength: 40 }), (rows, drawn) => {
    const indices = Int32Array.from(drawn, (x) => x % rows);
    const { count, table } = tasksOf(indices, rows);
    const result: (number[] | undefined)[] = Array.from({ length: rows });
    for (let task = 0; task < count; task++) {
      const [row, start, length] = table.subarray(3 * task, 3 * task + 3) as unknown as [number, number, number];
      for (const to of start === 0 ? Array.from({ length }, (_, i) => row + i) : [row]) {
        expect(result[to]).toBeUndefined();
        result[to] = start === 0 ? [] : [...table.subarray(start, start + length)];
      }
    }
    expect(result).toEqual(Array.from({ length: rows }, (_, row) => [...indices.keys()].filter((i) => indices[i] === row)));
  }));
});
