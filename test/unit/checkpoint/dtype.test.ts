import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromFloat32, toFloat32 } from '../../../src/checkpoint/dtype';

const half = (bits: number): number => toFloat32('F16', new Uint8Array([bits & 255, bits >> 8]))[0] as number;
const brain = (bits: number): number => toFloat32('BF16', new Uint8Array([bits & 255, bits >> 8]))[0] as number;
const narrowed = (value: number): number => half(new Uint16Array(fromFloat32('F16', new Float32Array([value])).buffer)[0] as number);

describe('half floats', () => {
  it('widen exactly: one, the largest, the smallest normal, subnormals, infinities, negative zero', () => {
    expect(half(0x3c00)).toBe(1);
    expect(half(0x7bff)).toBe(65504);
    expect(half(0x0400)).toBe(2 ** -14);
    expect(half(0x0001)).toBe(2 ** -24);
    expect(half(0x03ff)).toBe(1023 * 2 ** -24);
    expect(half(0x8200)).toBe(-(2 ** -15));
    expect(half(0x7c00)).toBe(Infinity);
    expect(half(0xfc00)).toBe(-Infinity);
    expect(half(0x7e00)).toBeNaN();
    expect(half(0x8000)).toBe(-0);
  });

  it('come back to the same bits for every one of the 65536 values', () => {
    const every = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    const wide = toFloat32('F16', new Uint8Array(every.buffer));
    const back = new Uint16Array(fromFloat32('F16', wide).buffer);
    const differing = every.filter((bits, i) => back[i] !== bits && !Number.isNaN(wide[i]));
    expect(differing).toHaveLength(0);
    expect(Number.isNaN(toFloat32('F16', new Uint8Array(back.buffer))[0x7e01])).toBe(true);
  });

  it('are the nearest to what was narrowed, ties to even', () => {
    expect(narrowed(1 + 2 ** -11)).toBe(1);
    expect(narrowed(1 + 3 * 2 ** -11)).toBe(1 + 2 ** -9);
    expect(narrowed(2 ** -25)).toBe(0);
    expect(narrowed(2 ** -25 * 1.001)).toBe(2 ** -24);
    expect(narrowed(65519)).toBe(65504);
    expect(narrowed(65520)).toBe(Infinity);
    fc.assert(fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
      const step = Math.max(2 ** -24, 2 ** (Math.floor(Math.log2(Math.abs(value) || 1)) - 10));
      expect(Math.abs(narrowed(value) - value)).toBeLessThanOrEqual(step / 2);
    }));
  });
});

describe('brain floats', () => {
  it('widen to the single with the same upper half, subnormals and infinities included', () => {
    expect(brain(0x3f80)).toBe(1);
    expect(brain(0xc0a0)).toBe(-5);
    expect(brain(0x0001)).toBe(2 ** -133);
    expect(brain(0xff80)).toBe(-Infinity);
    expect(brain(0x7fc0)).toBeNaN();
  });
});

describe('narrowed brain floats', () => {
  const back = (value: number): number => toFloat32('BF16', fromFloat32('BF16', new Float32Array([value])))[0] as number;

  it('come back to the same bits for every one of the 65536 values', () => {
    const every = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    const wide = toFloat32('BF16', new Uint8Array(every.buffer));
    const narrow = new Uint16Array(fromFloat32('BF16', wide).buffer);
    expect(every.filter((bits, i) => narrow[i] !== bits && !Number.isNaN(wide[i]))).toHaveLength(0);
    expect(back(NaN)).toBeNaN();
  });

  it('are the nearest to what was narrowed, ties to even', () => {
    expect(back(1 + 2 ** -8)).toBe(1);
    expect(back(1 + 3 * 2 ** -8)).toBe(1 + 2 ** -6);
    expect(back(1 + 2 ** -8 * 1.01)).toBe(1 + 2 ** -7);
    expect(back(3.4e38)).toBe(Infinity);
  });
});

describe('single floats', () => {
  it('come back to the bit from bytes at any alignment', () => {
    fc.assert(fc.property(fc.float32Array(), fc.integer({ min: 0, max: 3 }), (data, shift) => {
      const bytes = new Uint8Array(data.byteLength + shift);
      bytes.set(fromFloat32('F32', data), shift);
      expect(toFloat32('F32', bytes.subarray(shift))).toEqual(data);
    }));
  });
});
