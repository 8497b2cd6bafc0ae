/** Taking data in: what is stored, what is refused and why, and that a broken import leaves nothing. */
import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { pictureFinder } from '../../../../src/data/import/pictures';
import type { Imported } from '../../../../src/data/import/row';
import type { OwnDatabase } from '../../../../src/pools/own/database';
import { isHeldOut } from '../../../../src/pools/own/split';
import { removeOwnSet, rowsInOrder, sweep } from '../../../../src/pools/own/store';
import { takeRows } from '../../../../src/pools/own/take';
import { batchRows, OwnWriter } from '../../../../src/pools/own/writer';
import { askedPictures, jsonLines, llavaRow, ownHome, pictureBytes, pictureFile, stored, textFile, wishes } from '../../../support/own-data';

const nothing = { sets: 0, rows: 0, pictures: 0, mentions: 0, held: 0 };
const all = async <T>(rows: AsyncIterable<T>): Promise<T[]> => {
  const list: T[] = [];
  for await (const row of rows) list.push(row);
  return list;
};

afterEach(() => vi.restoreAllMocks());

/** Lets the n-th write from now on find the disk full. */
function fillDisk(at: number) {
  let writes = 0;
  const put = Reflect.get(IDBObjectStore.prototype, 'put') as IDBObjectStore['put'];
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...given) {
    if (++writes === at) throw new DOMException('no room', 'QuotaExceededError');
    return put.apply(this, given);
  });
}

describe('taking data in', () => {
  it('stores rows by number and pictures by the hash of their bytes', async () => {
    const { database, take, library } = await ownHome();
    const { set, summary } = await take(askedPictures(30));
    expect(summary).toMatchObject({ taken: 30, refused: 0, pictures: 30, faults: [] });
    expect(set?.counts).toMatchObject({ pictures: 30, pairs: 0, unasked: 0 });
    expect((set?.counts.records ?? 0) + (set?.counts.tests ?? 0)).toBe(30);
    expect(await library.list()).toEqual([set]);
    const names = await database.getAllKeys('pictures');
    const hashes = Array.from({ length: 30 }, (_, i) => `${createHash('sha256').update(pictureBytes(i)).digest('hex')}.png`);
    expect(names.map(([, image]) => image)).toEqual(hashes.sort());
    const records = await all(rowsInOrder(database, set?.id ?? '', 'record'));
    expect(records.map(({ ordinal }) => ordinal)).toEqual(records.map((_, i) => i));
  });

  it('stores a picture once however many rows and files bring it', async () => {
    const { take } = await ownHome();
    const rows = [0, 1, 2].map((i) => llavaRow(`${i}`, i === 2 ? 'copy.png' : 'one.png', `what is ${i}?`, `${i}`));
    const { set } = await take([textFile('rows.jsonl', jsonLines(rows)), pictureFile('one.png', 1), pictureFile('copy.png', 1)]);
    expect(set?.counts.pictures).toBe(1);
    expect(set?.bytes).toBe(pictureBytes(1).length);
  });

  it('takes a zip, a picture folder, captions, and rows of text alone', async () => {
    const { take } = await ownHome();
    const zip = new File([zipSync({ 'rows.csv': new TextEncoder().encode('image,question,answer\npics/a.png,what is it?,a cat\n'), 'pics/a.png': pictureBytes(7) })], 'all.zip');
    expect((await take([{ path: 'all.zip', file: zip }])).summary).toMatchObject({ taken: 1, pictures: 1 });
    const folder = await take(Array.from({ length: 20 }, (_, i) => pictureFile(`${i}.png`, i)));
    expect(folder.set?.counts).toMatchObject({ records: 0, pairs: 0, pictures: 20 });
    expect(folder.set?.counts.unasked).toBe(folder.set?.counts.open);
    const captions = await take([textFile('c.csv', `image,caption\n${Array.from({ length: 20 }, (_, i) => `${i}.png,a bird ${i}`).join('\n')}\n`), ...Array.from({ length: 20 }, (_, i) => pictureFile(`${i}.png`, i))]);
    expect(captions.set?.counts).toMatchObject({ pairs: captions.set?.counts.open, unasked: captions.set?.counts.open });
    const text = await take([textFile('t.jsonl', jsonLines([llavaRow('a', null, 'what is two and two?', 'four')]))]);
    expect(text.set?.counts).toMatchObject({ pictures: 0 });
  });

  it('refuses a row by file, row, field and reason, and takes the others', async () => {
    const { take } = await ownHome();
    const rows = [
      llavaRow('a', 'a.png', 'what is it?', 'a cat'), llavaRow('b', 'gone.png', 'what is it?', 'a dog'), { id: 'c', image: 'a.png', conversations: 7 },
      llavaRow('d', 'broken.png', 'what is it?', 'a fish'), llavaRow('e', 'broken.png', 'and what else?', 'a fish'), llavaRow('f', 'short.png', 'what is it?', 'a fish'),
    ];
    const broken = { path: 'broken.png', file: new File(['not a picture at all'], 'broken.png') };
    const short = { path: 'short.png', file: new File([pictureBytes(3).slice(0, -20)], 'short.png') };
    const { set, summary } = await take([textFile('rows.jsonl', jsonLines(rows)), pictureFile('a.png', 1), broken, short]);
    expect(summary).toMatchObject({ taken: 1, refused: 5, pictures: 1 });
    expect(summary.faults.map(({ file, row, field }) => [file, row, field])).toEqual([
      ['rows.jsonl', 2, 'image'], ['rows.jsonl', 3, 'conversations'], ['rows.jsonl', 4, 'image'], ['rows.jsonl', 5, 'image'], ['rows.jsonl', 6, 'image'],
    ]);
    for (const [i, word] of ['gone.png', 'list', 'broken.png', 'broken.png', 'cut short'].entries()) expect(summary.faults[i]?.reason).toMatch(i === 1 ? /./ : new RegExp(word));
    expect(summary.refusedBy[0]).toEqual({ field: 'image', rows: 4 });
    expect((set?.counts.records ?? 0) + (set?.counts.tests ?? 0)).toBe(1);
  });

  it('refuses a picture that the browser cannot decode', async () => {
    const { database } = await ownHome();
    async function* rows(): AsyncGenerator<Imported> { yield { row: { file: 'r', row: 1, id: 'a', image: 'a.png', caption: null, exchanges: [{ instruction: 'what?', answer: 'it' }] } }; }
    const bytes = pictureBytes(1);
    const file = { name: 'a.png', size: bytes.length, slice: async (from: number, to: number) => bytes.slice(from, to), stream: () => new Blob([bytes]).stream() };
    const taken = await takeRows(database, { ...taking(rows()), finder: pictureFinder([file]), decodes: () => Promise.reject(new Error('no')) });
    expect(taken).toMatchObject({ set: null, summary: { taken: 0, refused: 1 } });
    expect(taken.summary.faults[0]?.reason).toContain('cannot be decoded');
  });

  it('stores nothing where nothing can be taken', async () => {
    const { database, take, library } = await ownHome();
    const { set, summary } = await take([textFile('rows.jsonl', jsonLines([llavaRow('a', 'gone.png', 'what is it?', 'a cat')]))]);
    expect([set, summary.refused]).toEqual([null, 1]);
    expect(await library.list()).toEqual([]);
    expect(await stored(database)).toEqual(nothing);
  });

  it('gives the same files the same id in another browser, and a second copy another', async () => {
    const [one, other] = [await ownHome(), await ownHome()];
    const first = (await one.take(askedPictures(3))).set;
    expect((await other.take(askedPictures(3))).set?.id).toBe(first?.id);
    expect(first?.id).toMatch(/^birds-[0-9a-f]{8}$/);
    expect((await one.take(askedPictures(3))).set?.id).toBe(`${first?.id}-2`);
  });
});

const taking = (rows: AsyncIterable<Imported>, signal = new AbortController().signal) => (
  { rows, finder: pictureFinder([]), decodes: async () => undefined, id: 'x', wishes: wishes(), format: 'made', signal, hear: () => undefined }
);

const textRow = (i: number): Imported => ({ row: { file: 'made', row: i + 1, id: `${i}`, image: '', caption: null, exchanges: [{ instruction: `how much is ${i} and one?`, answer: `${i + 1}` }] } });

describe('an import that does not come to its end', () => {
  it('leaves nothing when it is cancelled, and says so', async () => {
    const { database } = await ownHome();
    const stop = new AbortController();
    async function* rows() {
      for (let i = 0; i < 3000; i++) {
        if (i === 2000) stop.abort();
        yield textRow(i);
      }
    }
    await expect(takeRows(database, taking(rows(), stop.signal))).rejects.toMatchObject({ code: 'data/cancelled' });
    expect(await stored(database)).toEqual(nothing);
  });

  it('leaves nothing when a file cannot be read on', async () => {
    const { database } = await ownHome();
    async function* rows() {
      for (let i = 0; i < 1000; i++) yield textRow(i);
      throw new Error('unplugged');
    }
    await expect(takeRows(database, taking(rows()))).rejects.toThrow('unplugged');
    expect(await stored(database)).toEqual(nothing);
  });

  it.each([1, 40, 60])('leaves nothing when the disk is full at write %i, and says so in words', async (at) => {
    const { database, take } = await ownHome();
    fillDisk(at);
    await expect(take(askedPictures(20))).rejects.toMatchObject({ code: 'pools/quota', message: expect.stringContaining('no room left to store the data set') as string });
    vi.restoreAllMocks();
    expect(await stored(database)).toEqual(nothing);
  });

  it('is swept at the next one when its tab was closed, and no other with it', async () => {
    const { database, take } = await ownHome();
    await take(askedPictures(5));
    const before = await stored(database);
    const writer = new OwnWriter(database, 'orphan', true);
    for (let i = 0; i < batchRows; i++) await writer.exchange({ image: '', rowId: `${i}`, instruction: `what is ${i}?`, answer: 'it' });
    expect(await stored(database)).not.toEqual(before);
    await sweep(database);
    expect(await stored(database)).toEqual(before);
  });
});

describe('a large import', () => {
  it('goes into the database in batches and holds no more rows than one', async () => {
    const { database } = await ownHome();
    const many = 20_000;
    const transactions = vi.spyOn(database, 'transaction');
    let ahead = 0;
    async function* rows() {
      for (let i = 0; i < many; i++) {
        if (i % 5000 === 4999) ahead = Math.max(ahead, i - await database.count('rows'));
        yield textRow(i);
      }
    }
    const { set } = await takeRows(database, taking(rows()));
    expect((set?.counts.records ?? 0) + (set?.counts.tests ?? 0)).toBe(many);
    expect(await database.count('rows')).toBe(many);
    expect(ahead).toBeLessThanOrEqual(batchRows);
    const writes = transactions.mock.calls.filter(([, mode]) => mode === 'readwrite').length;
    expect(writes).toBeGreaterThanOrEqual(Math.floor(many / batchRows));
    expect(writes).toBeLessThan(many / batchRows + 5);
  }, 120_000);
});

describe('removing', () => {
  it('takes a data set away with all that belongs to it, and no other', async () => {
    const { database, take } = await ownHome();
    const first = (await take(askedPictures(8))).set;
    const before = await stored(database);
    const second = (await take(askedPictures(8, 100), { heldOutOnly: true })).set;
    expect((await stored(database))['held']).toBe(8);
    await removeOwnSet(database, second?.id ?? '');
    expect(await stored(database)).toEqual(before);
    await removeOwnSet(database, first?.id ?? '');
    expect(await stored(database)).toEqual(nothing);
  });
});

describe('the split', () => {
  it('follows the content alone: order, file names and answers change nothing', async () => {
    const [one, other] = [await ownHome(), await ownHome()];
    await one.take(askedPictures(60));
    const rows = Array.from({ length: 60 }, (_, i) => llavaRow(`other-${i}`, `p${59 - i}.png`, `what is number ${59 - i}?`, 'other'));
    await other.take([textFile('r.jsonl', jsonLines(rows)), ...rows.map((_, i) => pictureFile(`p${i}.png`, i))]);
    const heldOut = async (database: OwnDatabase) => (await database.getAll('rows')).filter(({ kind }) => kind === 'test').map(({ image }) => image).sort();
    expect(await heldOut(one.database)).toEqual(await heldOut(other.database));
  });

  it('holds out about a tenth, of pictures and of texts', () => {
    const shares = [
      Array.from({ length: 2000 }, (_, i) => ({ image: `${createHash('sha256').update(`${i}`).digest('hex')}.png`, instruction: 'what?' })),
      Array.from({ length: 2000 }, (_, i) => ({ image: '', instruction: `how much is ${i}?` })),
    ].map((asked) => asked.filter(isHeldOut).length / asked.length);
    for (const share of shares) expect(Math.abs(share - 0.1)).toBeLessThan(0.025);
  });

  it('puts nothing of a held-out picture into what can be learned from', async () => {
    const { database, take } = await ownHome();
    const captions = textFile('set/c.csv', `image,caption\n${Array.from({ length: 60 }, (_, i) => `images/${i}.png,a thing ${i}`).join('\n')}\n`);
    await take([...askedPictures(60), captions]);
    const rows = await database.getAll('rows');
    const learned = rows.filter(({ kind }) => kind !== 'test' && kind !== 'aside');
    expect(learned.filter(({ image }) => isHeldOut({ image, instruction: '' }))).toEqual([]);
    expect(rows.filter(({ kind }) => kind === 'test').length).toBeGreaterThan(0);
    expect(rows.filter(({ kind }) => kind === 'aside')).toHaveLength(rows.filter(({ kind }) => kind === 'test').length);
  });
});
