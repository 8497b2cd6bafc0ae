import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerEnd, maxHeaderBytes, parseHeader, serialise } from '../../../src/checkpoint/safetensors';
import { ComdError } from '../../../src/errors';

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A file with this header text and so many bytes of data. */
function fileOf(header: string, dataBytes: number): Uint8Array<ArrayBuffer> {
  const text = encode(header);
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

const entry = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32'): string =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

function refusal(bytes: Uint8Array): ComdError {
  try {
    parseHeader('a.safetensors', bytes);
  } catch (error) {
    if (error instanceof ComdError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

const tensors = fc.uniqueArray(
  fc.record({ name: fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__'), data: fc.uint8Array({ maxLength: 12 }) }),
  { selector: ({ name }) => name, maxLength: 6 },
).map((list) => list.map(({ name, data }) => ({ name, dtype: 'U8' as const, shape: [data.length], bytes: data })));

describe('a safetensors header', () => {
  it('gives back what was serialised', () => {
    fc.assert(fc.property(tensors, (list) => {
      const file = serialise(list);
      const header = parseHeader('a', file);
      expect(header.fileBytes).toBe(file.length);
      const found = new Map(header.tensors.map((t) => [t.name, t]));
      expect(found.size).toBe(list.length);
      for (const { name, shape, bytes } of list) {
        expect(found.get(name)?.shape).toEqual(shape);
        expect([...file.subarray(found.get(name)?.begin, found.get(name)?.end)]).toEqual([...bytes]);
      }
    }));
  });

  it('is parsed or refused by name, however it is mutated, and never asks for bytes beyond its own claims', () => {
    const good = serialise([
      { name: 'a', dtype: 'F32', shape: [2, 2], bytes: new Uint8Array(16) },
      { name: 'b', dtype: 'F16', shape: [3], bytes: new Uint8Array(6) },
    ]);
    const edits = fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
    fc.assert(fc.property(edits, fc.nat({ max: good.length }), (changes, length) => {
      const bytes = good.slice(0, length);
      for (const [at, value] of changes) if (at < length) bytes[at] = value;
      try {
        for (const tensor of parseHeader('a', bytes).tensors) expect(tensor.end).toBeGreaterThanOrEqual(tensor.begin);
      } catch (error) {
        expect(error).toBeInstanceOf(ComdError);
      }
    }), { numRuns: 2000 });
  });

  it('is parsed or refused by name whatever JSON it holds', () => {
    fc.assert(fc.property(fc.json(), (json) => {
      try {
        parseHeader('a', fileOf(json, 0));
      } catch (error) {
        expect(error).toBeInstanceOf(ComdError);
      }
    }), { numRuns: 500 });
  });

  it('is refused when its length is beyond the limit or beyond the file', () => {
    const long = new Uint8Array(16);
    new DataView(long.buffer).setBigUint64(0, BigInt(maxHeaderBytes + 1), true);
    expect(refusal(long)).toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('100000001') });
    expect(refusal(fileOf(`{"a":${entry(0, 8)}}`, 8).slice(0, 20))).toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('truncated') });
    expect(() => headerEnd('a', new Uint8Array(3))).toThrow('ends after 3 bytes');
  });

  it.each([
    ['not JSON', '{"a":', 'not JSON'],
    ['a list', '[]', 'not a JSON object'],
    ['a tensor without offsets', '{"a":{"dtype":"F32","shape":[1]}}', 'tensor "a" needs'],
    ['a negative size', `{"a":${entry(0, 4, [-1])}}`, 'tensor "a" needs'],
    ['a shape that takes other bytes than the offsets span', `{"a":${entry(0, 8, [3])}}`, 'takes 12 bytes'],
    ['offsets that run backwards', `{"a":${entry(8, 4, [1])}}`, 'span -4'],
    ['overlapping tensors', `{"a":${entry(0, 8)},"b":${entry(4, 12)}}`, 'overlap'],
    ['a gap between tensors', `{"a":${entry(0, 4)},"b":${entry(8, 12)}}`, 'gap'],
    ['one name twice', `{"a":${entry(0, 4)},"a":${entry(0, 4)}}`, 'listed twice'],
    ['one name twice, once escaped', `{"a":${entry(0, 4)},"\\u0061":${entry(0, 4)}}`, 'listed twice'],
  ])('is refused when it holds %s', (_, header, words) => {
    const error = refusal(fileOf(header, 12));
    expect(error.code).toBe('checkpoint/corrupt');
    expect(error.message).toContain('a.safetensors');
    expect(error.message).toContain(words);
  });

  it('is refused as unsupported when it holds a type that is not known', () => {
    expect(refusal(fileOf(`{"a":${entry(0, 4, [1], 'F4')}}`, 4))).toMatchObject({ code: 'checkpoint/unsupported', message: expect.stringContaining('F4') });
  });

  it('may hold a tensor named like the fields inside, and quotes and braces in names', () => {
    const file = serialise(['dtype', 'shape', 'a"}{', '__proto__'].map((name) => ({ name, dtype: 'U8', shape: [1], bytes: new Uint8Array(1) })));
    expect(parseHeader('a', file).tensors.map(({ name }) => name).sort()).toEqual(['__proto__', 'a"}{', 'dtype', 'shape']);
  });
});
