/** A zip that grows entry by entry. */
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { GrowingZip, mostEntries } from '../../../../src/data/export/growing-zip';

async function* pieces(count: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) yield `piece ${i}\n`.repeat(1000);
}

describe('a growing zip', () => {
  it('holds what was put in, however it was put in', async () => {
    const zip = new GrowingZip();
    await zip.text('a.txt', ['some ', 'text, ünd mehr']);
    await zip.blob('b.bin', new Blob([new Uint8Array([1, 2, 3])]));
    await zip.text('long.txt', pieces(400));
    zip.bytes('c.bin', new Uint8Array([4, 5]));
    await zip.text('nothing.txt', []);
    await zip.blob('empty.bin', new Blob([]));
    const files = unzipSync(await zip.end().bytes());
    expect(Object.keys(files)).toEqual(['a.txt', 'b.bin', 'long.txt', 'c.bin', 'empty.bin']);
    expect(strFromU8(files['a.txt'] as Uint8Array)).toBe('some text, ünd mehr');
    expect([...files['b.bin'] as Uint8Array, ...files['c.bin'] as Uint8Array]).toEqual([1, 2, 3, 4, 5]);
    expect(strFromU8(files['long.txt'] as Uint8Array)).toBe(Array.from({ length: 400 }, (_, i) => `piece ${i}\n`.repeat(1000)).join(''));
  });

  it('is the same to the byte for the same content', async () => {
    const made = async () => {
      const zip = new GrowingZip();
      await zip.text('a.txt', ['text']);
      return [...await zip.end().bytes()];
    };
    expect(await made()).toEqual(await made());
  });

  it('refuses more files than a zip can count', () => {
    const zip = new GrowingZip();
    for (let i = 0; i < mostEntries; i++) zip.bytes(String(i), new Uint8Array(0));
    expect(() => zip.bytes('one more', new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'data/unreadable' }));
  });
});
