/** What readers take from the browser and from libraries, in the browser: files of a picker, zips, tables and packed Parquet. */
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { namedFile } from '../../../../src/data/import/files';
import { gather } from '../../../support/named-files';
import { readRows } from '../../../../src/data/import/read';

const urls = import.meta.glob<string>('../../../fixtures/parquet/questions-*.parquet', { query: '?url', import: 'default', eager: true });

describe('files of a picker', () => {
  it('give the rows of a table, in a zip or not', async () => {
    const table = 'image,question,answer\na.png,What?,"A cat, grey"\n';
    const zip = new File([new Uint8Array(zipSync({ 'data/a.csv': [strToU8(table), { level: 6 }] }))], 'data.zip');
    for (const file of [new File([table], 'a.csv'), zip]) {
      const { rows, faults } = await gather(readRows([namedFile(file)]));
      expect(faults).toEqual([]);
      expect(rows).toMatchObject([{ image: 'a.png', exchanges: [{ instruction: 'What?', answer: 'A cat, grey' }] }]);
    }
  });

  it.each(Object.keys(urls))('give the rows of Parquet: %s', async (path) => {
    const file = new File([await (await fetch(urls[path] as string)).blob()], 'a.parquet');
    const { rows } = await gather(readRows([namedFile(file)]));
    expect(rows.map(({ id }) => id)).toEqual(['11', '12', '14']);
  });

  it('that have gone meanwhile are told by their names', async () => {
    const gone = { name: 'a.jsonl', webkitRelativePath: '', size: 10, slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotFoundError')) }) };
    await expect(gather(readRows([namedFile(gone as unknown as File)]))).rejects.toEqual(expect.objectContaining({ code: 'data/unreadable', message: expect.stringContaining('"a.jsonl"') as string }));
  });
});
