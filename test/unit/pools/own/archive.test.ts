/** An own data set as a zip, and back. */
import { describe, expect, it } from 'vitest';
import { archiveFormats } from '../../../../workers/data-protocol';
import { askedPictures, jsonLines, ownHome, textFile } from '../../../support/own-data';

describe('a data set that is given back', () => {
  it.each(archiveFormats)('as %s is taken in again as what it was', async (format) => {
    const [home, again] = [await ownHome(), await ownHome()];
    const captions = textFile('set/c.csv', `image,caption\n${Array.from({ length: 25 }, (_, i) => `images/${i}.png,"a ""thing"", ${i}"`).join('\n')}\n`);
    const conversations = [2, 3].map((count, i) => (
      { id: `talk-${i}`, conversations: Array.from({ length: count }, (_, at) => [{ from: 'human', value: `and ${i} ${at}?` }, { from: 'gpt', value: `${at}` }]).flat() }
    ));
    const { set } = await home.take([...askedPictures(25), captions, textFile('set/talk.jsonl', jsonLines(conversations))]);
    const file = await home.library.archive(set?.id ?? '', format);
    expect(file.name).toBe(`${set?.id}.zip`);
    const back = await again.take([{ path: file.name, file }]);
    expect(back.summary).toMatchObject({ refused: 0, pictures: 25 });
    expect(back.set?.counts).toEqual(set?.counts);
    const content = async ({ database }: typeof home) => (await database.getAll('rows'))
      .map((row) => [row.kind, row.image, 'rowId' in row ? row.rowId : '', 'answer' in row ? row.answer : '', 'caption' in row ? row.caption : ''].join('|')).sort();
    expect(await content(again)).toEqual(await content(home));
  });
});
