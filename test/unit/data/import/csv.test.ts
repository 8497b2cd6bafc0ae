/** Tables with a header, as spreadsheets and scripts write them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvText } from '../../../../src/data/export/csv';
import { csvRecords } from '../../../../src/data/import/csv';
import { bytesFile } from '../../../../src/data/import/files';
import { readAll, textFile } from '../../../support/named-files';

const read = (text: string, name = 'a.csv') => readAll([textFile(name, text, 7)]);
const exchange = (instruction: string, answer: string) => [{ instruction, answer }];

describe('a table', () => {
  it.each([
    ['commas', 'image,question,answer\na.png,What?,"A cat, grey"\n', 'a.csv'],
    ['semicolons', 'image;question;answer\na.png;What?;A cat, grey\n', 'a.csv'],
    ['tabs', 'image\tquestion\tanswer\na.png\tWhat?\tA cat, grey\n', 'a.tsv'],
    ['lines of Windows and a mark', '\ufeffimage,question,answer\r\na.png,What?,"A cat, grey"\r\n', 'a.csv'],
    ['other names in another order and case', 'Response,IMAGE,"Instruction",extra\n"A cat, grey",a.png,What?,1\n', 'a.csv'],
    ['no ending that tells', 'image,question,answer\na.png,What?,"A cat, grey"', 'rows'],
  ])('with %s gives its rows', async (_, text, name) => {
    const { rows, faults } = await read(text, name);
    expect(faults).toEqual([]);
    expect(rows).toMatchObject([{ file: name, row: 1, id: `${name}#1`, image: 'a.png', caption: null, exchanges: exchange('What?', 'A cat, grey') }]);
  });

  it('gives captions, and passes over empty lines', async () => {
    const { rows } = await read('image,caption\n\na.png,a cat\n\n\nb.png,a dog\n');
    expect(rows.map(({ row, image, caption, exchanges }) => ({ row, image, caption, exchanges }))).toEqual([
      { row: 1, image: 'a.png', caption: 'a cat', exchanges: [] }, { row: 2, image: 'b.png', caption: 'a dog', exchanges: [] },
    ]);
  });

  it('gives quotation marks and ends of lines within fields', async () => {
    const { rows } = await read('image,question,answer\r\na.png,"What does ""stop"" say?","line one\r\nline two"\r\nb.png,5" or 6"?,"both"\r\n');
    expect(rows.map(({ exchanges }) => exchanges)).toEqual([exchange('What does "stop" say?', 'line one\r\nline two'), exchange('5" or 6"?', 'both')]);
  });

  it('refuses rows one by one', async () => {
    const { rows, faults } = await read([
      'id,image,question,answer', '1,a.png,What?,A cat', '2,a.png,What?', '3,a.png,What?,', '4,a.png,,A cat', '1,a.png,What?,A cat', '6,a.png,What?,A cat,more', '7,,What?,A cat',
      '8,a.png,"a "b" c",d', '9,a.png,What?,A dog', '',
    ].join('\n'));
    expect(rows.map(({ id }) => id)).toEqual(['1', '7', '9']);
    expect(faults.map(({ row, field, reason }) => [row, field, reason])).toEqual([
      [2, '', 'has 3 fields, and the header has 4'], [3, 'answer', 'is empty'], [4, 'question', 'is empty'], [5, 'id', 'is "1", which a row above has'],
      [6, '', 'has 5 fields, and the header has 4'], [8, '', expect.stringContaining('quotation mark within a quotation')],
    ]);
  });

  it('goes on in the line behind a quotation that does not end', async () => {
    const { rows, faults } = await read('image,question,answer\na.png,"What?,A cat\nb.png,What?,A dog\n');
    expect(faults).toEqual([{ file: 'a.csv', row: 1, field: '', reason: 'has a quotation that does not end' }]);
    expect(rows).toMatchObject([{ row: 2, image: 'b.png' }]);
  });

  it('refuses a row that is not UTF-8, unless the user names its encoding', async () => {
    const file = bytesFile('a.csv', Uint8Array.from('image,caption\na.png,gr\xfcn\nb.png,blau\n', (letter) => letter.charCodeAt(0)));
    const { rows, faults } = await readAll([file]);
    expect(faults).toEqual([{ file: 'a.csv', row: 1, field: '', reason: expect.stringContaining('UTF-8') as string }]);
    expect(rows).toHaveLength(1);
    expect((await readAll([file], 'windows-1252')).rows[0]?.caption).toBe('grün');
  });

  it.each([['a.csv', 'name,age\nx,1\n', '"name", "age"'], ['a.csv', '', 'it is empty'], ['a.tsv', 'one word', '"one word"']])('is thrown by its name without known columns (%s: %s)', async (name, text, words) => {
    await expect(read(text, name)).rejects.toEqual(expect.objectContaining({ code: 'data/unreadable', message: expect.stringContaining(words) as string }));
  });
});

describe('CSV', () => {
  // Without white space around: a reader takes it off. With everything inside that ends a field or a row.
  const text = fc.stringMatching(/^[a-zä"][a-zä",;\t\n\r ]{0,12}[a-zä"]$/);
  const record = fc.record({ id: fc.uuid(), image: fc.oneof(fc.constant(''), text), instruction: text, answer: text, source: fc.constant('dataset' as const), iteration: fc.constant(0) });

  it('comes back as it went out, wherever it is cut', async () => {
    await fc.assert(fc.asyncProperty(fc.uniqueArray(record, { selector: ({ id }) => id }), fc.integer({ min: 1, max: 20 }), async (records, chunk) => {
      let file = '';
      for await (const part of csvText(records)) file += part;
      const { rows, faults } = await readAll([textFile('a.csv', file, chunk)]);
      expect(faults).toEqual([]);
      expect(rows.map(({ id, image, exchanges }) => ({ id, image, exchanges }))).toEqual(records.map(({ id, image, instruction, answer }) => ({ id, image, exchanges: [{ instruction, answer }] })));
    }));
  });

  it('comes to an end on any text', async () => {
    await fc.assert(fc.asyncProperty(fc.stringMatching(/^[a",\n\r]{0,40}$/), fc.integer({ min: 1, max: 5 }), async (text, chunk) => {
      const parts = async function* () {
        for (let at = 0; at < text.length; at += chunk) yield text.slice(at, at + chunk);
      };
      for await (const { fields, trouble } of csvRecords(parts())) expect(fields !== undefined || trouble !== undefined).toBe(true);
    }), { numRuns: 1000 });
  });
});
