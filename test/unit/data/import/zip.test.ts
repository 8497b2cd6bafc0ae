/** Zips as folders, made by another library or byte by byte. */
import { strToU8, zipSync, type Zippable } from 'fflate';
import { describe, expect, it } from 'vitest';
import { bytesFile } from '../../../../src/data/import/files';
import type { NamedFile } from '../../../../src/data/import/row';
import { openZips } from '../../../../src/data/import/zip';
import { gather, readAll } from '../../../support/named-files';
import { readRows } from '../../../../src/data/import/read';

const text = 'so much of it. '.repeat(50_000);
const zipped = (entries: Zippable, name = 'data.zip') => bytesFile(name, new Uint8Array(zipSync(entries)));
const all = (file: NamedFile | undefined) => (file as NamedFile).slice(0, (file as NamedFile).size);
const refused = (words: string): unknown => expect.objectContaining({ code: 'data/unreadable', message: expect.stringContaining(words) as string });

async function streamed(file: NamedFile | undefined): Promise<Uint8Array> {
  return new Uint8Array(await new Response((file as NamedFile).stream()).arrayBuffer());
}

describe('a zip', () => {
  it('is a folder of its files, deflated or stored, read by slices and as streams', async () => {
    const [notes, first, second] = await openZips([
      bytesFile('notes.txt', strToU8('notes') as Uint8Array<ArrayBuffer>),
      zipped({ 'bilder/größe.txt': [strToU8(text), { level: 6 }], 'b.txt': [strToU8(text), { level: 0 }], 'empty/': new Uint8Array(0), '__MACOSX/b.txt': strToU8('x'), '.DS_Store': strToU8('x') }),
    ]);
    expect([notes, first, second].map((file) => [file?.name, file?.size])).toEqual([['notes.txt', 5], ['data.zip/bilder/größe.txt', text.length], ['data.zip/b.txt', text.length]]);
    for (const file of [first, second]) {
      expect(new TextDecoder().decode(await all(file))).toBe(text);
      expect(new TextDecoder().decode(await streamed(file))).toBe(text);
      expect(new TextDecoder().decode(await file?.slice(300_001, 300_013))).toBe(text.slice(300_001, 300_013));
      expect(await file?.slice(text.length - 2, text.length + 9)).toHaveLength(2);
    }
  });

  it('gives rows with their pictures beside them', async () => {
    const row = (id: number) => JSON.stringify({ id, image: `images/${id}.png`, question: 'What?', answer: 'A cat.' });
    const { rows } = await readAll([zipped({ 'data/train.jsonl': strToU8(`${row(1)}\n${row(2)}\n`), 'data/images/1.png': strToU8('x'), 'data/README.md': strToU8('# Notes') })]);
    expect(rows).toMatchObject([{ file: 'data.zip/data/train.jsonl', row: 1, id: '1' }, { row: 2, id: '2' }]);
  });

  it('is not read further than its rows are', async () => {
    const whole = zipped({ 'a.jsonl': [strToU8(`${JSON.stringify({ image: 'a', caption: 'much noise '.repeat(20) })}\n`.repeat(20_000)), { level: 0 }] });
    let read = 0;
    const counted = { ...whole, slice: (start: number, end: number) => { read += Math.min(end, whole.size) - start; return whole.slice(start, end); } };
    let rows = 0;
    for await (const _ of readRows([counted])) if (++rows === 10) break;
    expect(read).toBeLessThan(whole.size / 4);
  });

  it('of more than 32 bits is read by its second directory', async () => {
    const [file, ...others] = await openZips([bytesFile('big.zip', zip64('a.txt', 'hello'))]);
    expect(others).toEqual([]);
    expect(file).toMatchObject({ name: 'big.zip/a.txt', size: 5 });
    expect(new TextDecoder().decode(await all(file))).toBe('hello');
  });

  it('is thrown by its name where its directory is missing or broken', async () => {
    const { size, slice } = zipped({ 'a.txt': strToU8(text) });
    const bytes = await slice(0, size);
    await expect(openZips([bytesFile('short.zip', bytes.slice(0, -30))])).rejects.toEqual(refused('"short.zip"'));
    // The directory begins 20 + 46 + 5 + 2 bytes before the end, or so: its mark is broken.
    const broken = bytes.slice();
    broken.fill(0, size - 73, size - 22);
    await expect(openZips([bytesFile('broken.zip', broken)])).rejects.toEqual(refused('"broken.zip"'));
  });

  it('gives files that say what is wrong when they are read', async () => {
    const whole = zipped({ 'a.txt': [strToU8(text), { level: 6 }] });
    const bytes = await whole.slice(0, whole.size);
    const changed = async (at: (view: DataView, directory: number) => void) => {
      const copy = bytes.slice();
      const view = new DataView(copy.buffer);
      at(view, view.getUint32(copy.length - 6, true));
      return (await openZips([bytesFile('a.zip', copy)]))[0];
    };
    await expect(all(await changed((view, directory) => view.setUint16(directory + 8, 1, true)))).rejects.toEqual(refused('"a.zip/a.txt" cannot be read: it is encrypted'));
    await expect(all(await changed((view, directory) => view.setUint16(directory + 10, 12, true)))).rejects.toEqual(refused('method 12'));
    await expect(streamed(await changed((view) => view.setUint8(40, 0xff)))).rejects.toEqual(refused('cannot be unpacked'));
    await expect(streamed(await changed((view, directory) => view.setUint32(directory + 24, 7, true)))).rejects.toEqual(refused('has 7 bytes, and it has more'));
    await expect(gather(readRows([await changed((view) => view.setUint8(40, 0xff)) as NamedFile]))).rejects.toEqual(refused('a.zip/a.txt'));
  });
});

/** A zip of one stored entry whose sizes and places stand in the fields of ZIP64 only. */
function zip64(name: string, content: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  const short = (...values: number[]) => values.forEach((value) => bytes.push(value & 255, (value >>> 8) & 255));
  const word = (...values: number[]) => values.forEach((value) => short(value & 0xffff, value >>> 16));
  const long = (...values: number[]) => values.forEach((value) => word(value, 0));
  const letters = (text: string) => bytes.push(...strToU8(text));
  word(0x04034b50); short(45, 0, 0, 0, 0); word(0, 0xffffffff, 0xffffffff); short(name.length, 0); letters(name); letters(content);
  const directory = bytes.length;
  word(0x02014b50); short(45, 45, 0, 0, 0, 0); word(0, 0xffffffff, 0xffffffff); short(name.length, 28, 0, 0, 0); word(0, 0xffffffff);
  letters(name); short(1, 24); long(content.length, content.length, 0);
  const end64 = bytes.length;
  word(0x06064b50); long(44); short(45, 45); word(0, 0); long(1, 1, end64 - directory, directory);
  word(0x07064b50, 0); long(end64); word(1);
  word(0x06054b50); short(0xffff, 0xffff, 0xffff, 0xffff); word(0xffffffff, 0xffffffff); short(0);
  return Uint8Array.from(bytes);
}
