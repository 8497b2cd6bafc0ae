/** LLaVA's JSON and JSONL, and plain rows of JSON, as people bring them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonPieces } from '../../../../src/data/import/json-pieces';
import { bytesFile } from '../../../../src/data/import/files';
import { inChunks, madeFile, readAll, textFile } from '../../../support/named-files';
import { readRows } from '../../../../src/data/import/read';

const turn = (from: string, value: unknown) => ({ from, value });
const talk = [turn('human', '<image>\nWhat is it?'), turn('gpt', 'A cat.'), turn('human', 'Which colour?'), turn('gpt', 'Grey.')];
const good = { id: '000000033471', image: 'coco/train2017/000000033471.jpg', conversations: talk };
const taken = {
  id: '000000033471', image: 'coco/train2017/000000033471.jpg', caption: null,
  exchanges: [{ instruction: 'What is it?', answer: 'A cat.' }, { instruction: 'Which colour?', answer: 'Grey.' }],
};

const list = (...rows: unknown[]) => textFile('train.json', JSON.stringify(rows, null, 2));
const lines = (...rows: unknown[]) => textFile('train.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

describe.each([['a JSON list', list, 'train.json'], ['JSONL', lines, 'train.jsonl']])('%s in LLaVA\'s format', (_, make, file) => {
  it('gives each question with its answer, without the place of the picture', async () => {
    const { rows, faults } = await readAll([make(good, { ...good, id: 7, image: undefined, conversations: [turn('human', 'Hello?'), turn('gpt', 'Hi.')] })]);
    expect(faults).toEqual([]);
    expect(rows).toEqual([
      { file, row: 1, ...taken },
      { file, row: 2, id: '7', image: '', caption: null, exchanges: [{ instruction: 'Hello?', answer: 'Hi.' }] },
    ]);
  });

  it.each([
    ['nobody known', { conversations: [talk[0], turn('bard', 'x')] }, 'conversations[1].from', 'is "bard"; it must be "human" or "gpt"'],
    ['no answer', { conversations: talk.slice(0, 3) }, 'conversations[3]', 'has no gpt turn'],
    ['two questions on end', { conversations: [talk[0], talk[2]] }, 'conversations[1].from', 'gpt turn is missing'],
    ['an answer first', { conversations: talk.slice(1) }, 'conversations[0].from', 'human begins'],
    ['a number for a text', { conversations: [talk[0], turn('gpt', 7)] }, 'conversations[1].value', 'is a number; it must be text'],
    ['a turn without text', { conversations: [talk[0], { from: 'gpt' }] }, 'conversations[1].value', 'is missing'],
    ['text for conversations', { conversations: 'What is it? A cat.' }, 'conversations', 'is text; it must be a list'],
    ['no turn at all', { conversations: [] }, 'conversations', 'is empty'],
    ['no conversations', { conversations: undefined }, 'conversations', 'is missing'],
    ['a list of pictures', { image: ['a.png', 'b.png'] }, 'image', 'is a list; it must be text'],
    ['an object for an id', { id: {} }, 'id', 'is an object; it must be text or a number'],
    ['a place for a picture that it does not name', { image: undefined }, 'image', 'is missing, and the question has a place for it'],
    ['an empty question', { conversations: [turn('human', '<image>\n '), talk[1]] }, 'conversations[0].value', 'is empty'],
    ['an empty answer', { conversations: [talk[0], turn('gpt', '\n')] }, 'conversations[1].value', 'is empty'],
    ['an id that a row above has', {}, 'id', 'is "000000033471", which a row above has'],
    ['two thousand turns', { conversations: Array.from({ length: 500 }, () => talk).flat() }, 'conversations', 'has 2000 turns; at most 1000 are taken'],
  ])('refuses a row with %s by file, row and field, and goes on', async (_, change, field, reason) => {
    const { rows, faults } = await readAll([make(good, { ...good, ...change }, { ...good, id: 'last' })]);
    expect(faults).toEqual([{ file, row: 2, field, reason: expect.stringContaining(reason) as string }]);
    expect(rows.map(({ id, row }) => [id, row])).toEqual([['000000033471', 1], ['last', 3]]);
  });

  it('takes a conversation of a thousand turns, and makes an id where there is none', async () => {
    const { rows } = await readAll([make({ ...good, id: undefined, conversations: Array.from({ length: 250 }, () => talk).flat() })]);
    expect(rows[0]).toMatchObject({ id: `${file}#1`, exchanges: { length: 500 } });
  });

  it('names the fields that nothing reads', async () => {
    const { rows } = await readAll([make({ ...good, model: 'x', source: 'y', conversations: [{ ...talk[0], weight: 1 }, talk[1]] })]);
    expect(rows[0]?.ignored).toEqual(['model', 'source', 'conversations[].weight']);
  });

  it('takes rows of image, question and answer, and of image and caption', async () => {
    const { rows, faults } = await readAll([make(
      { image: 'a.png', question: 'What?', answer: 'A cat.' }, { file_name: 'b.png', text: 'A dog.' }, { image: 'c.png' }, { image: 'd.png', question: 'What?' },
    )]);
    expect(rows.map(({ image, caption, exchanges }) => ({ image, caption, exchanges }))).toEqual([
      { image: 'a.png', caption: null, exchanges: [{ instruction: 'What?', answer: 'A cat.' }] }, { image: 'b.png', caption: 'A dog.', exchanges: [] },
    ]);
    expect(faults.map(({ row, field }) => [row, field])).toEqual([[3, 'conversations'], [4, 'answer']]);
  });
});

describe('broken JSON', () => {
  it('costs its row, not those around it', async () => {
    const row = (id: string) => JSON.stringify({ ...good, id });
    const { rows, faults } = await readAll([textFile('a.json', `[${row('a')}, {"id": "b" "image": 1}, 7, , ${row('c')}] tail`)]);
    expect(rows.map(({ id, row }) => [id, row])).toEqual([['a', 1], ['c', 5]]);
    expect(faults.map(({ row, reason }) => [row, reason])).toEqual([
      [2, expect.stringContaining('is not JSON')], [3, 'is 7; it must be an object'], [4, expect.stringContaining('comma')], [6, expect.stringContaining('behind the last bracket')],
    ]);
    const second = await readAll([textFile('a.jsonl', `${row('a')}\n{"id": \n\n${row('c')}`)]);
    expect(second.rows.map(({ id, row }) => [id, row])).toEqual([['a', 1], ['c', 4]]);
    expect(second.faults).toEqual([{ file: 'a.jsonl', row: 2, field: '', reason: expect.stringContaining('is not JSON') as string }]);
  });

  it('that is cut short is told at the row where it ends', async () => {
    const text = JSON.stringify([good, { ...good, id: 'b' }]);
    const { rows, faults } = await readAll([textFile('a.json', text.slice(0, -20))]);
    expect(rows).toHaveLength(1);
    expect(faults).toEqual([{ file: 'a.json', row: 2, field: '', reason: expect.stringContaining('does not end') as string }]);
  });

  it.each([
    ['a.json', 'hello', 'a.json', 'character 1'], ['a.json', '', 'a.json', 'character 1'], ['b.json', '{"some": "settings"}', 'b.json', 'neither'],
    ['notes.txt', 'some notes\nof mine', 'notes.txt', 'first byte'],
  ])('and what is none at all (%s: %s) is thrown with its name', async (name, text, file, words) => {
    const refused = expect.objectContaining({ code: 'data/unreadable', message: expect.stringMatching(new RegExp(`"${file}".*${words}`)) as string });
    await expect(readAll([textFile(name, text)])).rejects.toEqual(refused);
  });
});

describe('text', () => {
  const value = { id: 'ä', image: 'ü.png', question: 'Größe? 🐈', answer: 'Fünf – „groß“ \ufffd' };
  const text = JSON.stringify([value, { ...value, id: 'b' }]);
  const expected = [{ instruction: value.question, answer: value.answer }];

  it('is read as UTF-8 with or without a mark, and as UTF-16 by its mark, wherever its letters are cut', async () => {
    const units = (bigEndian: boolean) => {
      const view = new DataView(new ArrayBuffer(2 + text.length * 2));
      for (const [i, unit] of ['\ufeff', ...text.split('')].entries()) view.setUint16(i * 2, unit.charCodeAt(0), !bigEndian);
      return new Uint8Array(view.buffer);
    };
    for (const bytes of [new TextEncoder().encode(text), new TextEncoder().encode(`\ufeff${text}`), units(true), units(false)]) {
      for (const chunk of [1, 2, 3, 5, 1000]) {
        const { rows, faults } = await readAll([inChunks(bytesFile('a.json', bytes), chunk)]);
        expect(faults).toEqual([]);
        expect(rows.map(({ exchanges }) => exchanges)).toEqual([expected, expected]);
      }
    }
  });

  it('that is not UTF-8 is refused row by row, and read only where the user names its encoding', async () => {
    const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const row = (id: string, answer: string) => `${JSON.stringify({ id, image: 'a.png', question: 'What?', answer })}\n`;
    const file = bytesFile('old.jsonl', latin(row('a', 'a cat') + row('b', 'größer') + row('c', 'a dog')));
    const { rows, faults } = await readAll([file]);
    expect(rows.map(({ id }) => id)).toEqual(['a', 'c']);
    expect(faults).toEqual([{ file: 'old.jsonl', row: 2, field: '', reason: expect.stringContaining('UTF-8') as string }]);
    const said = await readAll([file], 'windows-1252');
    expect(said.rows[1]?.exchanges[0]?.answer).toBe('größer');
  });
});

describe('the splitter of JSON', () => {
  const json = fc.jsonValue();

  it('gives the items of a list, wherever the text is cut', async () => {
    await fc.assert(fc.asyncProperty(fc.array(json), fc.constantFrom(undefined, 1), fc.integer({ min: 1, max: 9 }), async (items, indent, chunk) => {
      const text = JSON.stringify(items, null, indent);
      const pieces = [];
      for await (const piece of jsonPieces('a.json', chunks(text, chunk))) pieces.push(piece);
      expect(pieces.map(({ trouble }) => trouble).filter((trouble) => trouble !== undefined)).toEqual([]);
      expect(pieces.map(({ text }) => JSON.parse(text) as unknown)).toEqual(JSON.parse(text));
      expect(pieces.map(({ row }) => row)).toEqual(items.map((_, i) => i + 1));
    }));
  });

  it('gives the items of the lists in an object, and nothing of its other fields', async () => {
    await fc.assert(fc.asyncProperty(fc.dictionary(fc.string(), fc.oneof(fc.array(json), json)), fc.integer({ min: 1, max: 9 }), async (object, chunk) => {
      const text = JSON.stringify(object);
      const lists = Object.entries(JSON.parse(text) as object).flatMap(([key, list]) => (Array.isArray(list) ? list.map((item) => [key, item as unknown]) : []));
      const pieces = [];
      for await (const { key, text: item } of jsonPieces('a.json', chunks(text, chunk))) pieces.push([key, JSON.parse(item) as unknown]);
      expect(pieces).toEqual(lists);
    }));
  });
});

describe('a row that does not end', () => {
  const good = JSON.stringify({ id: 'b', image: 'b.png', caption: 'a dog' });
  const endless = 'x'.repeat(2 ** 24 + 1);

  it.each([
    ['a.json', `[{"image": "a.png", "caption": "${endless}"}, ${good}]`], ['a.jsonl', `{"image": "a.png", "caption": "${endless}"}\n${good}`],
    ['a.csv', `id,image,caption\na,"a.png,a cat\nb,b.png,a dog\n${endless}\n`],
  ])('fills no memory, and does not end the import (%s)', async (name, text) => {
    const { rows, faults } = await readAll([textFile(name, text, 2 ** 20)]);
    expect(rows).toMatchObject([{ row: 2, id: 'b', caption: 'a dog' }]);
    expect(faults[0]).toEqual({ file: name, row: 1, field: '', reason: 'is longer than 16 Mi characters' });
  });
});

describe('fifty megabytes', () => {
  const padding = 'so much is said of it. '.repeat(220);
  const row = (index: number) => JSON.stringify({ id: index, image: `${index}.png`, question: 'What is it?', answer: padding });
  const count = 10_000;
  const sources = {
    'a.jsonl': (index: number) => `${row(index)}\n`,
    'a.json': (index: number) => `${index === 0 ? '[' : ','}${row(index)}${index === count - 1 ? ']' : ''}`,
    'a.csv': (index: number) => `${index === 0 ? 'id,image,question,answer\n' : ''}${index},${index}.png,What is it?,"${padding}"\n`,
  };

  it.each(Object.entries(sources))('of %s are read as they are pulled', async (name, part) => {
    const file = madeFile(name, count, part);
    expect(file.size).toBeGreaterThan(45e6);
    let rows = 0;
    let furthestAhead = 0;
    for await (const { fault } of readRows([file])) {
      expect(fault).toBeUndefined();
      rows++;
      // The head that is looked at first is some 13 rows.
      furthestAhead = Math.max(furthestAhead, file.pulled() - rows);
    }
    expect(rows).toBe(count);
    expect(furthestAhead).toBeLessThan(30);
  });
});

function* pieces(text: string, length: number): Generator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}

async function* chunks(text: string, length: number): AsyncGenerator<string> {
  yield* pieces(text, length);
}
