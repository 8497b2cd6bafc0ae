/** Parquet of the hub's data sets; test/fixtures/parquet/README.md tells what each table is. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesFile } from '../../../../src/data/import/files';
import { readAll } from '../../../support/named-files';

const fixture = (path: string) => new Uint8Array(readFileSync(new URL(`../../../fixtures/${path}`, import.meta.url)));
const table = (name: string) => bytesFile(name, fixture(`parquet/${name}`));
const [png, gif] = [fixture('pictures/one-pixel.png'), fixture('pictures/plain.gif')];

describe('Parquet', () => {
  it.each(['snappy', 'zstd', 'gzip', 'brotli', 'none'])('packed by %s gives questions with the pictures that lie beside them', async (codec) => {
    const file = `questions-${codec}.parquet`;
    const { rows, faults } = await readAll([table(file)]);
    expect(rows.map(({ id, row, image, exchanges }) => ({ id, row, image, exchanges }))).toEqual([
      { id: '11', row: 1, image: `${file}#1`, exchanges: [{ instruction: 'What is it?', answer: 'A dot.' }] },
      { id: '12', row: 2, image: `${file}#2`, exchanges: [{ instruction: 'And this – größer?', answer: 'Halves.' }] },
      { id: '14', row: 4, image: '', exchanges: [{ instruction: 'Why?', answer: 'Because.' }] },
    ]);
    const [first, second, third] = rows.map(({ picture }) => picture);
    expect(await first?.slice(0, first.size)).toEqual(png);
    expect(await second?.slice(0, second.size)).toEqual(gif);
    expect(third).toBeUndefined();
    expect(faults).toEqual([
      { file, row: 3, field: 'answer', reason: 'is empty' },
      { file, row: 5, field: 'id', reason: expect.stringContaining('which a row above has') as string },
    ]);
    expect(rows[0]?.ignored).toEqual(['width']);
  });

  it('gives captions, conversations and pictures alone', async () => {
    const captions = await readAll([table('captions.parquet')]);
    expect(captions.rows.map(({ caption }) => caption)).toEqual(['a dot', 'two halves']);
    const talks = await readAll([table('conversations.parquet')]);
    expect(talks.rows).toEqual([{
      file: 'conversations.parquet', row: 1, id: 'a', image: 'a.png', caption: null,
      exchanges: [{ instruction: 'What is it?', answer: 'A cat.' }, { instruction: 'Which colour?', answer: 'Grey.' }],
    }]);
    expect(talks.faults).toEqual([{ file: 'conversations.parquet', row: 2, field: 'conversations[1]', reason: expect.stringContaining('no gpt turn') as string }]);
    const pictures = await readAll([table('pictures.parquet')]);
    expect(pictures.rows).toMatchObject([{ image: 'pictures.parquet#1', caption: null, exchanges: [], ignored: ['label'] }]);
  });

  it('gives the turns of The Cauldron, and refuses a row of two pictures', async () => {
    const { rows, faults } = await readAll([table('cauldron.parquet')]);
    expect(rows).toMatchObject([{ row: 1, exchanges: [{ instruction: 'What is it?', answer: 'A dot.' }], picture: { size: png.length } }]);
    expect(faults).toEqual([{ file: 'cauldron.parquet', row: 2, field: 'images', reason: 'holds 2 pictures; a row has one' }]);
  });

  it('is thrown by its name where no column is known, or the file is cut short', async () => {
    const refused = (words: string): unknown => expect.objectContaining({ code: 'data/unreadable', message: expect.stringContaining(words) as string });
    await expect(readAll([table('numbers.parquet')])).rejects.toEqual(refused('none of its columns is known (x, y)'));
    const whole = fixture('parquet/questions-none.parquet');
    await expect(readAll([bytesFile('short.parquet', whole.slice(0, 700))])).rejects.toEqual(refused('byte 700'));
    await expect(readAll([bytesFile('no.parquet', new TextEncoder().encode('this is no table'))])).rejects.toEqual(refused('"no.parquet"'));
  });

  it('goes on behind a group of rows that is damaged', async () => {
    const bytes = fixture('parquet/questions-zstd.parquet');
    // The first group begins behind the mark of the format.
    bytes.fill(0xff, 4, 200);
    const { rows, faults } = await readAll([bytesFile('a.parquet', bytes)]);
    expect(faults[0]).toEqual({ file: 'a.parquet', row: 1, field: '', reason: expect.stringContaining('to row 2 cannot be unpacked') as string });
    expect(rows.map(({ id }) => id)).toEqual(['14', '12']);
  });
});
