import { describe, expect, it } from 'vitest';
import { dequantise, type PackedType } from '../../../../src/checkpoint/gguf/dequantise';
import { fixtureJson } from '../../../support/folder';

const cases = fixtureJson<Record<PackedType, { blocks: string; numbers: string }>>('gguf/dequantise.json');
const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(base64, 'base64'));

describe.each(Object.entries(cases))('blocks of %s', (type, { blocks, numbers }) => {
  const expected = new Float32Array(bytesOf(numbers).buffer);

  it('give the numbers that the reference gives, to the bit', () => {
    const out = new Float32Array(expected.length);
    dequantise(type as PackedType, bytesOf(blocks), out);
    expect(expected.some((number) => number !== 0)).toBe(true);
    expect(new Uint32Array(out.buffer)).toEqual(new Uint32Array(expected.buffer));
  });

  it('leave what lies behind their numbers as it was', () => {
    const out = new Float32Array(expected.length + 1).fill(7);
    dequantise(type as PackedType, bytesOf(blocks), out);
    expect(out.at(-1)).toBe(7);
  });
});
