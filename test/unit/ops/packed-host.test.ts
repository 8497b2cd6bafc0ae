import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromFloat32, toFloat32 } from '../../../src/checkpoint/dtype';
import { fromHalf, toHalf } from '../../../src/ops/packed/half';
import { pack, unpackNumbers } from '../../../src/ops/packed/host';
import { packedBytes } from '../../../src/ops/packed/matrix';

const halves = Array.from({ length: 0x10000 }, (_, bits) => bits);

describe('halves on the host', () => {
  test('are what a checkpoint means by them, all 65,536', () => {
    expect(halves.map((bits) => fromHalf(bits))).toEqual(Array.from(toFloat32('F16', new Uint8Array(Uint16Array.from(halves).buffer))));
  });

  test('come from floats as a checkpoint rounds them, subnormals and ties included', () => {
    fc.assert(fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), fc.integer({ min: 0, max: 0x7bfe }), (any, half) => {
      const tie = (fromHalf(half) + fromHalf(half + 1)) / 2;
      const tiny = any * 2 ** -30;
      for (const value of [any, tie, -tie, Math.fround(tiny)]) {
        const expected = new Uint16Array(fromFloat32('F16', Float32Array.of(value)).buffer)[0];
        expect(toHalf(value), `${value}`).toBe(expected);
      }
    }), { numRuns: 2000 });
  });

  test('end at 65504', () => {
    expect([65_520, 1e9, -1e9, Infinity].map((value) => fromHalf(toHalf(value)))).toEqual([65_504, 65_504, -65_504, 65_504]);
  });
});

describe('packing', () => {
  test('lays numbers, scales and zeros out as the layout says', () => {
    // Steps of 1 from -4 on: scale and zero are exact, and so is every code.
    const row = Float32Array.from({ length: 35 }, (_, column) => column < 32 ? column % 16 - 4 : 7);
    const { words, scales } = pack('int4', row, 1, 35);
    expect(Array.from(words, (word) => (word >>> 0).toString(16))).toEqual(['76543210', 'fedcba98', '76543210', 'fedcba98', '0']);
    expect(Array.from(scales as Int32Array)).toEqual([toHalf(1) | (toHalf(-4) << 16), toHalf(0) | (toHalf(7) << 16)]);
    expect(Array.from(pack('f16', Float32Array.of(1, -2, 0.5), 1, 3).words)).toEqual([toHalf(1) | (toHalf(-2) << 16), toHalf(0.5)]);
    expect(Array.from(pack('int8', Float32Array.of(0, 255, 1, 2, 3), 1, 5).words, (word) => word >>> 0)).toEqual([0x0201ff00, 3]);
  });

  test('gives back every number to within half a step, and halves to within half of theirs', () => {
    const anyRow = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 70 });
    fc.assert(fc.property(anyRow, (numbers) => {
      const row = Float32Array.from(numbers);
      for (const [scheme, levels] of [['int8', 255], ['int4', 15]] as const) {
        const back = unpackNumbers(scheme, pack(scheme, row, 1, row.length), 1, row.length);
        for (let first = 0; first < row.length; first += 32) {
          const group = row.slice(first, first + 32);
          const [low, high] = [Math.min(...group), Math.max(...group)];
          // Half a step, and what scale and zero lose as halves; a subnormal scale loses up to 2^-25 a step.
          const bound = (high - low) * (0.5 / levels + 2 ** -10) + Math.abs(low) * 2 ** -10 + levels * 2 ** -24;
          group.forEach((value, i) => expect(Math.abs((back[first + i] as number) - value)).toBeLessThanOrEqual(bound));
        }
      }
      const back = unpackNumbers('f16', pack('f16', row, 1, row.length), 1, row.length);
      row.forEach((value, i) => expect(Math.abs((back[i] as number) - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -11 + 2 ** -25));
    }));
  });

  test('clamps what halves cannot reach, and keeps a group of equal numbers exactly where a half can', () => {
    expect(unpackNumbers('int8', pack('int8', Float32Array.of(1e30, 0), 1, 2), 1, 2)[0]).toBeCloseTo(65_504, -3);
    expect(Array.from(unpackNumbers('int4', pack('int4', new Float32Array(33).fill(-0.75), 1, 33), 1, 33))).toEqual(Array(33).fill(-0.75));
  });

  test('takes the bytes that are counted for it', () => {
    for (const scheme of ['f16', 'int8', 'int4'] as const) {
      const { words, scales } = pack(scheme, new Float32Array(3 * 41), 3, 41);
      expect(words.byteLength + (scales?.byteLength ?? 0)).toBe(packedBytes(scheme, 3, 41));
    }
  });
});
