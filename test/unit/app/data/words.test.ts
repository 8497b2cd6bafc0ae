/** What the data screen says, and the list of refusals. */
import { describe, expect, it } from 'vitest';
import { faultsCsv } from '../../../../src/app/data/faults-csv';
import { givenOf } from '../../../../src/app/data/given';
import { usedBy, using, without } from '../../../../src/app/data/use';
import { contentText, takenText } from '../../../../src/app/data/words';
import { refusals } from '../../../../scripts/bring-data';
import { ownSetNamed } from '../../../support/fake-data-library';

const summary = { taken: 0, refused: 0, pictures: 0, faults: [], refusedBy: [], ignored: [] };

it('says what a data set holds and leaves out what it has none of', () => {
  expect(contentText(ownSetNamed('A'))).toBe('90 instructions, 10 test items, 100 pictures.');
  const alone = { records: 0, pairs: 0, tests: 0, pictures: 1, open: 1, unasked: 1 };
  expect(contentText(ownSetNamed('A', { counts: alone }))).toBe('1 picture. The teacher writes the first instructions for 1 picture. Without test items no accuracy is measured.');
});

it('says what became of the rows', () => {
  expect(takenText({ ...summary, taken: 1200, refused: 1, pictures: 1 })).toBe('1,200 rows taken with 1 picture, 1 refused.');
  expect(takenText({ ...summary, refused: 3 })).toBe('None of 3 rows could be taken; nothing is stored.');
});

it('lists refusals as CSV in which nothing is a formula', () => {
  const csv = faultsCsv([{ file: 'a,b.csv', row: 2, field: '', reason: 'says "no"' }, { file: '=x', row: 3, field: 'image', reason: 'gone' }]);
  expect(csv).toBe('file,row,field,reason\r\n"a,b.csv","2","","says ""no"""\r\n"\'=x","3","image","gone"\r\n');
});

it('tells the terminal of at most twenty refusals, and how many more there are', () => {
  const faults = Array.from({ length: 50 }, (_, i) => ({ file: 'r', row: i + 1, field: i === 0 ? '' : 'id', reason: 'is missing' }));
  const lines = refusals({ ...summary, refused: 70, faults });
  expect([lines.length, lines[0], lines[1], lines.at(-1)]).toEqual([21, 'r, row 1: is missing', 'r, row 2: id is missing', 'and 50 more refused']);
  expect(refusals({ ...summary, refused: 1, faults: faults.slice(0, 1) })).toHaveLength(1);
});

describe('what was given', () => {
  const entry = (path: string) => ({ path, file: new File(['x'], path.split('/').at(-1) ?? '') });
  it('is called by its folder, or by its file of rows', () => {
    expect(givenOf([entry('birds/a.png'), entry('birds/rows.jsonl')]).name).toBe('birds');
    expect(givenOf([entry('a.png'), entry('rows.v2.jsonl')]).name).toBe('rows.v2');
    expect(givenOf([entry('photos.zip')]).name).toBe('photos');
  });
  it('leaves out what systems put beside, and is refused where nothing is left', () => {
    expect(givenOf([entry('b/.DS_Store'), entry('b/__MACOSX/x'), entry('b/r.csv')]).files.map(({ path }) => path)).toEqual(['b/r.csv']);
    expect(() => givenOf([entry('b/.git/x')])).toThrow(/no files/);
  });
});

it('names own data in a draft, and no longer', () => {
  const draft = { preset: 'tiny' as const, texts: {} };
  const [own, held] = [ownSetNamed('A'), ownSetNamed('B', { heldOutOnly: true })];
  const both = using(using(draft, own), held);
  expect(usedBy(both)).toEqual(['a', 'b']);
  expect(usedBy(without(both, 'b'))).toEqual(['a']);
  expect(without(both, 'a')).toEqual(draft);
});
