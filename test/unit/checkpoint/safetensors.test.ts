import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { filesSource } from '../../../src/checkpoint/files-source';
import { openCheckpoint } from '../../../src/checkpoint/open';
import { headerEnd, maxHeaderBytes, parseHeader, serialise } from '../../../src/checkpoint/safetensors';
import type { Source } from '../../../src/checkpoint/source';
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

  it.each([
    ['deeper than a stack', `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
    ['with an entry of ten million digits', `{"a":${'1'.repeat(10_000_000)}}`],
    ['with a text of a million escapes', `{"__metadata__":{"a":"${'\\n'.repeat(1_000_000)}"},"b":1}`],
    ['with a shape of a million sizes', `{"a":{"dtype":"F32","shape":[${'1,'.repeat(1_000_000)}"x"],"data_offsets":[0,4]}}`],
  ])('%s is refused in a short message', (_, header) => {
    const error = refusal(fileOf(header, 4));
    expect(error.code).toBe('checkpoint/corrupt');
    expect(error.message.length).toBeLessThan(300);
  });

  it('is refused when its length is beyond the limit or beyond the file', () => {
    const long = new Uint8Array(16);
    new DataView(long.buffer).setBigUint64(0, BigInt(maxHeaderBytes + 1), true);
    expect(refusal(long)).toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('100000001') });
    expect(refusal(fileOf(`{"a":${entry(0, 8)}}`, 8).slice(0, 20))).toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('truncated') });
    expect(() => headerEnd('a', new Uint8Array(3))).toThrow('ends after 3 bytes');
  });

  it.each([
    ['not JSON', '{"a":', 'must be JSON, but is not: '],
    ['a list', '[]', 'must be a JSON object, but is a list'],
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

/** Headers as they are, and as no exporter would write them. */
const names = fc.oneof(fc.constantFrom('a', 'b', 'model.norm.weight', '__metadata__', '__proto__', 'constructor', ''), fc.string());
const sizes = fc.oneof(fc.nat({ max: 8 }), fc.maxSafeNat(), fc.integer(), fc.double(), fc.constant(null), fc.string());
const entries = fc.oneof(
  { weight: 4, arbitrary: fc.record({
    dtype: fc.oneof(fc.constantFrom('F32', 'F16', 'BF16', 'U8', 'I64', 'F4'), fc.string()),
    shape: fc.oneof(fc.array(sizes, { maxLength: 5 }), fc.jsonValue()),
    data_offsets: fc.oneof(fc.tuple(sizes, sizes), fc.array(sizes), fc.jsonValue()),
  }, { requiredKeys: [] }) },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const headers = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.tuple(names, entries), { maxLength: 5 }).map((list) => `{${list.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string() },
);
const lengths = fc.oneof(fc.constant(undefined), fc.bigInt({ min: 0n, max: 200n }), fc.constantFrom(90_000_000n, 100_000_001n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const good = serialise([
  { name: 'a', dtype: 'F32', shape: [2, 2], bytes: new Uint8Array(16) },
  { name: 'b', dtype: 'F16', shape: [3], bytes: new Uint8Array(6) },
]);
const files = fc.oneof(
  fc.tuple(headers, fc.nat({ max: 40 })).map(([header, bytes]) => fileOf(header, bytes)),
  fc.uint8Array({ maxLength: 100 }),
  fc.tuple(fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), { maxLength: 4 }), fc.nat({ max: good.length })).map(([edits, length]) => {
    const bytes = good.slice();
    for (const [at, value] of edits) bytes[at] = value;
    return bytes.slice(0, length);
  }),
);

describe('any file', () => {
  it('is parsed or refused by name, and what is parsed lies side by side within what it claims', () => {
    let parsed = 0;
    fc.assert(fc.property(files, lengths, (bytes, length) => {
      if (length !== undefined && bytes.length >= 8) new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(0, length, true);
      try {
        const { tensors, fileBytes } = parseHeader('a.safetensors', bytes);
        let at = tensors[0]?.begin ?? fileBytes;
        const apart = tensors.filter(({ begin, end }) => {
          const wrong = begin !== at || end < begin;
          at = end;
          return wrong;
        });
        if (apart.length > 0 || at !== fileBytes) throw new Error('tensors lie apart');
        parsed++;
      } catch (error) {
        if (!(error instanceof ComdError)) throw error;
        if (!error.message.startsWith('a.safetensors') || error.message.length > 600) throw new Error(`bad message: ${error.message}`, { cause: error });
      }
    }), { numRuns: 10_000 });
    expect(parsed).toBeGreaterThan(100);
  });

  it('is opened without taking memory for what it only claims to have', async () => {
    const claiming = new Uint8Array(100).fill(32);
    new DataView(claiming.buffer).setBigUint64(0, 90_000_000n, true);
    const taken: number[] = [];
    const sources = [
      filesSource('tiny', new Map([['config.json', new Blob(['{}'])], ['model.safetensors', new Blob([claiming])]])),
      // A server that does not tell how long the file is.
      { ...unknown(claiming), name: 'tiny', place: 'here' },
    ];
    const { Uint8Array: Bytes } = globalThis;
    vi.stubGlobal('Uint8Array', new Proxy(Bytes, { construct(target, args: [number], newTarget) {
      if (typeof args[0] === 'number') taken.push(args[0]);
      return Reflect.construct(target, args, newTarget) as object;
    } }));
    for (const source of sources) await expect(openCheckpoint(source)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('model.safetensors') });
    vi.unstubAllGlobals();
    expect(Math.max(0, ...taken)).toBeLessThanOrEqual(100);
  });
});

/** Files without lengths. */
function unknown(bytes: Uint8Array<ArrayBuffer>): Omit<Source, 'name' | 'place'> {
  return {
    list: () => Promise.resolve(undefined),
    size: (file) => Promise.resolve(file === 'model.safetensors' ? Infinity : undefined),
    text: (file) => Promise.resolve(file === 'config.json' ? '{}' : undefined),
    sha256: () => Promise.resolve(undefined),
    async *bytes(file, begin, end) {
      yield bytes.slice(begin, end);
      if (end !== undefined && end > bytes.length) throw new ComdError('checkpoint/corrupt', `${file} is truncated.`, '');
    },
  };
}
