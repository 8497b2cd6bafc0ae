import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openGguf } from '../../../../src/checkpoint/gguf/open';
import { type GgufHeader, parseGguf } from '../../../../src/checkpoint/gguf/parse';
import { ComdError } from '../../../../src/errors';
import { bytesSource, fixtureBytes } from './bytes-source';
import { type FileToWrite, writeGguf } from './write-gguf';

const file = 'a.gguf';
const whole = (bytes: Uint8Array): GgufHeader | undefined => parseGguf(file, bytes, bytes.length);

function refusal(bytes: Uint8Array): ComdError {
  try {
    whole(bytes);
  } catch (error) {
    if (error instanceof ComdError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

const tensor = { name: 'w', type: 0, dimensions: [4, 2], offset: 0 };
const good: FileToWrite = {
  metadata: [['general.architecture', 'llama'], ['n', 7], ['x', 0.1], ['yes', true], ['texts', ['a', '\ufeff', 'é']], ['numbers', [1, 2]]],
  tensors: [tensor, { name: 'q', type: 2, dimensions: [32, 3], offset: 32 }],
  dataBytes: 32 + 54,
};

describe('a GGUF header', () => {
  it('gives back what was written', () => {
    const bytes = writeGguf(good);
    const start = bytes.length - 86;
    expect(whole(bytes)).toEqual({
      metadata: new Map<string, unknown>(good.metadata),
      tensors: [
        { name: 'w', type: 'F32', shape: [2, 4], begin: start, end: start + 32 },
        { name: 'q', type: 'Q4_0', shape: [3, 32], begin: start + 32, end: start + 86 },
      ],
    });
    expect(whole(writeGguf({ ...good, version: 2 }))?.tensors).toHaveLength(2);
  });

  it('orders tensors by their bytes and allows gaps, and an alignment of its own', () => {
    const bytes = writeGguf({ metadata: [['general.alignment', 64]], tensors: [{ ...tensor, offset: 128 }, { ...tensor, name: 'v' }], dataBytes: 256 });
    const tensors = whole(bytes)?.tensors ?? [];
    expect(tensors.map(({ name }) => name)).toEqual(['v', 'w']);
    expect(tensors.every(({ begin }) => begin % 64 === 0)).toBe(true);
  });

  it('asks for more as long as the bytes at hand end before it does, and for no tensor data', () => {
    const bytes = writeGguf(good);
    const header = bytes.length - 86;
    for (let length = 0; length < header - 32; length++) expect(parseGguf(file, bytes.subarray(0, length), bytes.length)).toBeUndefined();
    expect(parseGguf(file, bytes.subarray(0, header), bytes.length)).toEqual(whole(bytes));
  });

  it.each<[string, FileToWrite, string]>([
    ['another magic number', { ...good, magic: 'GGML' }, 'no GGUF file'],
    ['more tensors than fit', { ...good, claims: { tensors: 1e15 } }, '1000000000000000 tensors'],
    ['more metadata than fits', { ...good, claims: { entries: 2 ** 40 } }, 'metadata entries'],
    ['a key twice', { ...good, metadata: [['n', 1], ['n', 2]] }, '"n" twice'],
    ['an alignment that is no power of two', { ...good, metadata: [['general.alignment', 48]] }, 'but is 48'],
    ['an alignment that is no number', { ...good, metadata: [['general.alignment', 'x']] }, 'but is x'],
    ['a tensor twice', { ...good, tensors: [tensor, { ...tensor, offset: 32 }] }, '"w" is listed twice'],
    ['a tensor of no dimensions', { ...good, tensors: [{ ...tensor, dimensions: [] }] }, '0 dimensions'],
    ['a tensor of five dimensions', { ...good, tensors: [{ ...tensor, dimensions: [1, 1, 1, 1, 1] }] }, '5 dimensions'],
    ['a tensor with an empty dimension', { ...good, tensors: [{ ...tensor, dimensions: [4, 0] }] }, 'impossible shape [0, 4]'],
    ['a tensor of astronomic size', { ...good, tensors: [{ ...tensor, dimensions: [2 ** 40, 2 ** 40] }] }, 'impossible shape'],
    ['rows that are no whole blocks', { ...good, tensors: [{ ...tensor, type: 12, dimensions: [128, 2] }] }, 'rows of 128 numbers, which Q4_K'],
    ['an offset that is not aligned', { ...good, tensors: [{ ...tensor, offset: 8 }] }, 'no multiple of the alignment 32'],
    ['a tensor beyond the file', { ...good, tensors: [{ ...tensor, offset: 4096 }] }, 'but the file has'],
    ['an offset beyond all files', { ...good, tensors: [{ ...tensor, offset: 2 ** 52 }] }, 'but the file has'],
    ['overlapping tensors', { ...good, tensors: [{ ...tensor, dimensions: [4, 3] }, { ...tensor, name: 'v', offset: 32 }] }, 'overlap'],
  ])('is refused when it holds %s', (_, content, words) => {
    const error = refusal(writeGguf(content));
    expect(error).toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining(file) });
    expect(error.message).toContain(words);
  });

  it.each<[string, FileToWrite, string]>([
    ['version 1', { ...good, version: 1 }, 'version 1'],
    ['the bytes of a big-endian machine', { ...good, version: 0x0300_0000 }, 'big-endian'],
    ['a tensor of a type that is not read', { ...good, tensors: [{ ...tensor, type: 13 }] }, 'tensor "w" has the type Q5_K'],
    ['a tensor of a type that nobody knows', { ...good, tensors: [{ ...tensor, type: 777 }] }, 'number 777'],
  ])('is refused as unsupported when it holds %s', (_, content, words) => {
    expect(refusal(writeGguf(content))).toMatchObject({ code: 'checkpoint/unsupported', message: expect.stringContaining(words) });
  });

  it('is refused where a length is beyond the file, an unknown kind of value, or text that is no text', () => {
    const patched = (at: number, ...values: number[]): Uint8Array => {
      const bytes = writeGguf({ metadata: [['key', ['ab', 'cd']]], dataBytes: 64 });
      bytes.set(values, at);
      return bytes;
    };
    const [keyLength, kind, count, text] = [24, 35, 43, 59];
    expect(refusal(patched(keyLength + 1, 255, 255))).toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('at most 65535') });
    expect(refusal(patched(keyLength, 255))).toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('truncated') });
    expect(refusal(patched(kind, 99))).toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('"key" has the type 99') });
    expect(refusal(patched(kind + 4, 9))).toMatchObject({ code: 'checkpoint/unsupported', message: expect.stringContaining('list of lists') });
    expect(refusal(patched(count, 255, 255))).toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('65535 values') });
    expect(refusal(patched(count + 4, 1))).toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('at most 4194304') });
    expect(refusal(patched(text, 0xff))).toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('UTF-8') });
  });

  it('is refused wherever a file is cut off', () => {
    const bytes = writeGguf(good);
    fc.assert(fc.property(fc.nat({ max: bytes.length - 1 }), (length) => {
      expect(refusal(bytes.subarray(0, length))).toMatchObject({ code: 'checkpoint/corrupt' });
    }));
  });
});

describe('a long GGUF header', () => {
  it('is read in growing steps, and nothing behind it', async () => {
    const source = bytesSource(file, writeGguf({ metadata: [['padding', 'x'.repeat(1.5 * 2 ** 20)]], dataBytes: 2 ** 20 }), { pieces: 100_000 });
    await expect(openGguf(source)).rejects.toMatchObject({ message: expect.stringContaining('general.architecture') });
    expect(source.asked).toEqual([[0, 2 ** 20], [2 ** 20, 2 ** 21]]);
    expect(source.closed).toBe(2);
  });
});

describe('any bytes', () => {
  /** Opens them as a file; whatever is wrong must have a name. */
  async function openOrRefuse(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      const checkpoint = await openGguf(bytesSource(file, bytes));
      await checkpoint.read({ onSlice: ({ bytes: { length } }) => { expect(length).toBeLessThanOrEqual(16 * 2 ** 20); }, onShard: () => undefined });
    } catch (error) {
      expect(error).toBeInstanceOf(ComdError);
    }
  }

  it('that were a good file before they were mutated are opened or refused by name', async () => {
    const fixture = fixtureBytes('llama-f16');
    const header = whole(fixture)?.tensors[0]?.begin ?? 0;
    const edit = fc.tuple(fc.nat({ max: header }), fc.oneof(fc.constantFrom(0, 1, 127, 128, 255), fc.nat({ max: 255 })));
    const length = fc.oneof({ weight: 9, arbitrary: fc.constant(fixture.length) }, { weight: 1, arbitrary: fc.nat({ max: fixture.length }) });
    await fc.assert(fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), length, async (edits, end) => {
      const bytes = fixture.slice(0, end);
      for (const [at, value] of edits) if (at < end) bytes[at] = value;
      await openOrRefuse(bytes);
    }), { numRuns: 7000 });
  }, 120_000);

  it('at random, with the right beginning or without, are opened or refused by name', async () => {
    const start = writeGguf({ claims: { tensors: 1, entries: 2 } }).subarray(0, 24);
    await fc.assert(fc.asyncProperty(fc.boolean(), fc.uint8Array({ maxLength: 400 }), async (right, rest) => {
      await openOrRefuse(new Uint8Array([...(right ? start : []), ...rest]));
    }), { numRuns: 3000 });
  }, 60_000);
});
