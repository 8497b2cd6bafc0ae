/** What was given is recognised by its bytes, and said in one line. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesFile } from '../../../../src/data/import/files';
import { describeGiven, formatOf } from '../../../../src/data/import/format';
import { readAll, textFile } from '../../../support/named-files';

const fixture = (path: string) => new Uint8Array(readFileSync(new URL(`../../../fixtures/${path}`, import.meta.url)));
const talk = JSON.stringify({ id: 'a', image: 'a.png', conversations: [{ from: 'human', value: 'What?' }, { from: 'gpt', value: 'A cat.' }] });
const long = JSON.stringify({ note: 'x'.repeat(100_000), conversations: [] });

describe('a file', () => {
  it.each([
    ['LLaVA JSON', 'a.json', `[${talk}]`], ['LLaVA JSON', 'download', `\n[\n ${talk}]`], ['LLaVA JSON', 'named-wrongly.csv', `[${talk}]`], ['JSON', 'a.json', '[]'],
    ['LLaVA JSONL', 'a.jsonl', `${talk}\n${talk}\n`], ['LLaVA JSONL', 'a.json', `${talk}\n${talk}\n`], ['LLaVA JSONL', 'one', talk], ['JSONL', 'a.jsonl', `${long}\n`],
    ['JSONL', 'metadata.jsonl', '{"file_name": "a.png", "text": "a cat"}'], ['JSONL', 'first-row-broken', `{"id": \n{"image": "a.png", "caption": "b"}\n`],
    ['COCO captions', 'a.json', '{"images": [], "annotations": []}'], ['COCO captions', 'a', `{\n "info": {"x": "${'x'.repeat(100_000)}"},\n "images": []}`],
    ['CSV', 'a.csv', 'image,caption\na.png,x'], ['CSV', 'a.txt', 'image;question;answer\n'], ['TSV', 'a.tsv', 'image\tcaption\na.png\tx'], ['CSV', 'a.csv', 'caption\nx'],
  ])('of %s is recognised (%s)', async (label, name, text) => {
    const { tables } = await formatOf([textFile(name, text)]);
    expect(tables.map((table) => table.label)).toEqual([label]);
  });

  it('of Parquet or of a picture is recognised whatever its name', async () => {
    const given = await formatOf([bytesFile('table', fixture('parquet/captions.parquet')), bytesFile('photo', fixture('pictures/plain.avif')), bytesFile('data.csv', fixture('pictures/plain.bmp'))]);
    expect(given.tables.map(({ label }) => label)).toEqual(['Parquet']);
    expect(given.pictures.map(({ name }) => name)).toEqual(['photo', 'data.csv']);
  });

  it.each([['README.md', '[![badge](x)](y)\n# Notes'], ['config.json', '{"hidden_size": 64}'], ['notes.txt', 'image captions are nice'], ['a.bin', '\u0000\u0001']])('that holds no rows is another (%s)', async (name, text) => {
    expect(await formatOf([textFile(name, text)])).toMatchObject({ tables: [], others: [{ name }] });
  });
});

describe('what is given', () => {
  const png = (name: string) => bytesFile(name, fixture('pictures/one-pixel.png'));

  it.each([
    ['LLaVA JSONL, 2 pictures beside it', [textFile('a.jsonl', talk), png('a.png'), png('b.png')]],
    ['CSV, no pictures beside it; 1 other file not read', [textFile('a.csv', 'image,caption\n'), textFile('notes.txt', 'notes')]],
    ['2 files of rows (LLaVA JSONL, CSV), 1 picture beside them', [textFile('a.jsonl', talk), textFile('a.csv', 'image,caption\n'), png('a.png')]],
    ['1 picture without instructions', [png('a.png')]],
    ['no rows and no pictures; 1 other file not read', [textFile('notes.txt', 'notes')]],
  ])('is said in one line: %s', async (words, files) => {
    expect(describeGiven(await formatOf(files))).toBe(words);
  });

  it('is each picture where there are no rows', async () => {
    const { rows } = await readAll([png('cats/a.png'), textFile('notes.txt', 'notes'), png('b.png')]);
    expect(rows).toEqual([
      { file: 'cats/a.png', row: 1, id: 'cats/a.png', image: 'cats/a.png', caption: null, exchanges: [] }, { file: 'b.png', row: 2, id: 'b.png', image: 'b.png', caption: null, exchanges: [] },
    ]);
  });

  it('keeps ids apart over all files', async () => {
    const { rows, faults } = await readAll([textFile('a.jsonl', talk), textFile('b.json', `[${talk}]`)]);
    expect(rows).toHaveLength(1);
    expect(faults).toMatchObject([{ file: 'b.json', row: 1, field: 'id' }]);
  });

  it('is thrown where it is nothing', async () => {
    await expect(readAll([])).rejects.toEqual(expect.objectContaining({ code: 'data/unreadable' }));
  });
});
