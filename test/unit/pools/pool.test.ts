/** The pool: records by ordinals, ids and images, whatever was added in which order. */
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstOf } from '../../../src/data/drawn';
import type { InstructionRecord } from '../../../src/data/types';
import { recordsPerBlock } from '../../../src/pools/blocks';
import { openPools } from '../../../src/pools/database';
import { keysPerRow } from '../../../src/pools/keys';
import { Ledger } from '../../../src/pools/ledger';
import type { Pool } from '../../../src/pools/pool';
import type { Segment } from '../../../src/pools/rows';
import { extended, emptyPool, finder, newestOf, sizeOf } from '../../../src/pools/segments';
import { TestItems } from '../../../src/pools/test-items';

const mark = { result: null, items: 1, calls: 1, tokens: 1, seconds: 1, clock: 1 };
const nothing = new TestItems([]);
let databases = 0;

/** What is done to a pool, one after another. */
interface Addition {
  iteration: number;
  images: number[];
  imported: boolean;
}
const addition = fc.record({ iteration: fc.nat(3), images: fc.array(fc.nat(6), { minLength: 1, maxLength: 2 * recordsPerBlock + 3 }), imported: fc.boolean() });

/** A ledger with these additions, and its records as they should be counted. */
async function filled(additions: readonly Addition[]): Promise<{ ledger: Ledger; expected: (InstructionRecord & { imported: boolean })[] }> {
  const ledger = await Ledger.open(await openPools(`pool-${databases++}`), 'run', nothing);
  const expected: (InstructionRecord & { imported: boolean })[] = [];
  for (const [i, { iteration, images, imported }] of additions.entries()) {
    const added = images.map((image, at): InstructionRecord => (
      { id: `${imported ? 'file/' : ''}${i}-${at}`, image: `image ${image}`, instruction: `what is ${at}`, answer: 'it', source: 'dataset', iteration }
    ));
    if (imported) {
      const staged = await ledger.stage();
      await staged.add(added);
      await staged.join(`file ${i}`, mark, () => Promise.resolve(iteration));
    } else {
      await ledger.commit({ iteration, phase: 'augment', item: String(i) }, mark, { added });
    }
    expected.push(...added.map((record) => ({ ...record, imported })));
  }
  return { ledger, expected: expected.sort((a, b) => a.iteration - b.iteration) };
}

async function ofImage(pool: Pool, image: string, iteration: number): Promise<InstructionRecord[]> {
  const heard: InstructionRecord[] = [];
  await pool.ofImages([image, 'nobody asks about this'], iteration, (record) => heard.push(record));
  return heard;
}

const plain = (records: readonly (InstructionRecord & { imported: boolean })[]) => records.map(({ imported: _, ...record }) => record);

describe('a pool', () => {
  it('counts its records by iteration, and within one as they came', async () => {
    await fc.assert(fc.asyncProperty(fc.array(addition, { maxLength: 5 }), fc.nat(3), async (additions, iteration) => {
      const { ledger: { pool }, expected } = await filled(additions);
      const known = expected.filter((record) => record.iteration <= iteration);
      expect(await pool.size(iteration)).toBe(known.length);
      expect(await firstOf(pool.each(iteration), Infinity)).toEqual(plain(known));
      const ordinals = [...known.keys()].reverse();
      expect(await pool.at(ordinals)).toEqual(plain(known).reverse());
      const newest = known.at(-1)?.iteration;
      const { from, size } = await pool.newest(iteration);
      expect(known.slice(from, from + size)).toEqual(known.filter((record) => record.iteration === newest));
    }), { numRuns: 40 });
  });

  it('finds the records of an image, of an id, and the names of all images and files', async () => {
    await fc.assert(fc.asyncProperty(fc.array(addition, { maxLength: 5 }), fc.nat(3), fc.nat(6), async (additions, iteration, asked) => {
      const { ledger: { pool }, expected } = await filled(additions);
      const known = expected.filter((record) => record.iteration < iteration || (record.iteration === iteration && !record.imported));
      const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
      expect((await ofImage(pool, `image ${asked}`, iteration)).sort(byId)).toEqual(plain(known).filter(({ image }) => image === `image ${asked}`).sort(byId));
      expect(await firstOf(pool.knownTo(iteration), Infinity)).toEqual(plain(known));
      const ids = expected.map(({ id }) => id);
      const found = await pool.withIds([...ids, 'nobody'], iteration);
      expect([...found.values()].sort(byId)).toEqual(plain(expected).filter((record) => record.iteration <= iteration).sort(byId));
      expect(await firstOf(pool.images(), Infinity)).toEqual([...new Set(expected.map(({ image }) => image))]);
      for (const [i, { imported }] of additions.entries()) expect(await pool.hasFile(`file ${i}`)).toBe(imported);
    }), { numRuns: 40 });
  });

  it('keeps its beginning in its place while it grows', async () => {
    const { ledger, expected } = await filled([{ iteration: 0, images: [0, 1, 2], imported: false }, { iteration: 1, images: [3], imported: true }]);
    await ledger.commit({ iteration: 1, phase: 'augment', item: 'more' }, mark, { added: [{ ...plain(expected)[0] as InstructionRecord, id: 'new' }] });
    expect(await ledger.pool.at([2, 1, 0])).toEqual(plain(expected).slice(0, 3).reverse());
    expect((await ledger.pool.at([3, 4])).map(({ id }) => id)).toEqual(['file/1-0', 'new']);
  });

  it('is read as it was when the reading began, though it grows meanwhile', async () => {
    const { ledger } = await filled([{ iteration: 0, images: new Array<number>(40 * recordsPerBlock + 1).fill(0), imported: false }]);
    const reading = ledger.pool.each();
    await reading.next();
    await ledger.commit({ iteration: 0, phase: 'augment', item: 'meanwhile' }, mark, { added: [{ id: 'new', image: 'image 0', instruction: 'what', answer: 'it', source: 'dataset', iteration: 0 }] });
    const rest = await firstOf(reading, Infinity);
    expect(rest).toHaveLength(40 * recordsPerBlock);
    expect(rest.some(({ id }) => id === 'new')).toBe(false);
  });

  it('has no record beyond its end', async () => {
    const { ledger } = await filled([{ iteration: 0, images: [0], imported: false }]);
    await expect(ledger.pool.at([1])).rejects.toThrow('no record 1');
  });

  it('fills its blocks however few records come at a time', async () => {
    const { ledger, expected } = await filled(Array.from({ length: 2 * recordsPerBlock + 1 }, (_, image) => ({ iteration: 0, images: [image], imported: false })));
    const places = (await (await openPools(`pool-${databases - 1}`)).getAll('blocks')).map(({ place, records }) => [place, records.length]);
    expect(places).toEqual([[0, recordsPerBlock], [recordsPerBlock, recordsPerBlock], [2 * recordsPerBlock, 1]]);
    expect(await ledger.pool.at([0, 2 * recordsPerBlock, 0])).toEqual(plain([0, 2 * recordsPerBlock, 0].map((at) => expected[at] as (typeof expected)[number])));
  });

  it('finds ids among more than are read at once', async () => {
    const { ledger, expected } = await filled([{ iteration: 0, images: new Array<number>(2 * keysPerRow + 1).fill(0), imported: true }]);
    const some = [0, keysPerRow - 1, keysPerRow, 2 * keysPerRow].map((at) => (expected[at] as InstructionRecord).id);
    expect([...(await ledger.pool.withIds([...some, 'nobody'])).keys()]).toEqual(some);
  });

  it('finds what came in after the first look-up, also where two look-ups overlap', async () => {
    const { ledger, expected } = await filled([{ iteration: 0, images: [0, 1], imported: false }]);
    const added = (id: string): InstructionRecord => ({ ...plain(expected)[0] as InstructionRecord, id });
    expect(await ofImage(ledger.pool, 'image 0', 1)).toHaveLength(1);
    await ledger.commit({ iteration: 0, phase: 'augment', item: 'same segment' }, mark, { added: [added('new')] });
    await ledger.commit({ iteration: 1, phase: 'augment', item: 'another' }, mark, { added: [added('newer')] });
    const heard = await Promise.all([ofImage(ledger.pool, 'image 0', 1), ofImage(ledger.pool, 'image 0', 0), ofImage(ledger.pool, 'image 0', 1)]);
    expect(heard.map((records) => records.map(({ id }) => id))).toEqual([['0-0', 'new', 'newer'], ['0-0', 'new'], ['0-0', 'new', 'newer']]);
    const [first, second] = await Promise.all([ledger.pool.withIds(['new', 'newer']), ledger.pool.withIds(['newer'], 0)]);
    expect([[...first.keys()], second.size]).toEqual([['new', 'newer'], 0]);
  });

  it('reads an image with very many records piece by piece', async () => {
    const { ledger } = await filled([{ iteration: 0, images: new Array<number>(40 * recordsPerBlock).fill(0), imported: false }]);
    expect(await ofImage(ledger.pool, 'image 0', 0)).toHaveLength(40 * recordsPerBlock);
    expect(await firstOf(ledger.pool.each(), Infinity)).toHaveLength(40 * recordsPerBlock);
  });
});

describe('staged records', () => {
  const records = (count: number, begin = 'a') => Array.from({ length: count }, (_, i): InstructionRecord => (
    { id: `${begin}${i}`, image: 'staged', instruction: 'what', answer: 'it', source: 'dataset', iteration: 0 }
  ));

  it('are in no pool until they join it, all at once', async () => {
    const { ledger } = await filled([{ iteration: 0, images: [0], imported: false }]);
    const staged = await ledger.stage();
    await staged.add(records(40));
    await staged.add(records(3, 'b'));
    expect(await ledger.pool.size()).toBe(1);
    expect(await firstOf(ledger.pool.images(), Infinity)).toEqual(['image 0']);
    expect(await ofImage(ledger.pool, 'staged', 5)).toEqual([]);
    expect((await ledger.pool.withIds(['a1'])).size).toBe(0);
    // The run goes on meanwhile.
    await ledger.commit({ iteration: 0, phase: 'augment', item: 'more' }, mark, { added: records(2, 'c') });
    await staged.join('file', mark, () => Promise.resolve(1));
    expect((await firstOf(ledger.pool.each(), Infinity)).map(({ id }) => id)).toEqual(['0-0', 'c0', 'c1', ...records(40).map(({ id }) => id), 'b0', 'b1', 'b2']);
  });

  it('leave nothing when they are abandoned, and when a later import finds them', async () => {
    const database = await openPools(`pool-${databases++}`);
    const ledger = await Ledger.open(database, 'run', nothing);
    const abandoned = await ledger.stage();
    await abandoned.add(records(20));
    await abandoned.abandon();
    expect(await database.count('blocks') + await database.count('keys')).toBe(0);
    const cutOff = await ledger.stage();
    await cutOff.add(records(20));
    const next = await ledger.stage();
    expect(await database.count('blocks') + await database.count('keys')).toBe(0);
    await expect(cutOff.add(records(1))).rejects.toMatchObject({ code: 'run/busy' });
    await cutOff.abandon();
    await next.add(records(1));
    await next.join('file', mark, () => Promise.resolve(1));
    expect(await ledger.pool.size()).toBe(1);
  });

  it('join by what is done at that moment, or not at all', async () => {
    const { ledger } = await filled([{ iteration: 0, images: [0], imported: false }]);
    const end = (iteration: number) => ({ iteration, phase: 'save' as const, item: 'report' });
    const staged = await ledger.stage();
    await staged.add(records(1));
    await ledger.commit(end(1), mark);
    await staged.join('file', mark, async (isDone) => (await isDone(end(1)) && !(await isDone(end(2))) ? 2 : 1));
    expect((await ledger.pool.at([1]))[0]?.iteration).toBe(2);
    const late = await ledger.stage();
    await late.add(records(1, 'late'));
    await expect(late.join('late', mark, () => Promise.reject(new Error('too late')))).rejects.toThrow('too late');
    expect(await ledger.pool.size()).toBe(2);
  });
});

describe('segments', () => {
  it('give every ordinal its place and every place one ordinal', () => {
    const segment = fc.record({ iteration: fc.nat(4), size: fc.nat(5) });
    fc.assert(fc.property(fc.array(segment, { maxLength: 8 }), (given) => {
      const segments = given.map((each, id): Segment => ({ ...each, id, file: null }));
      const find = finder(segments);
      const places = Array.from({ length: sizeOf(segments) }, (_, ordinal) => find(ordinal));
      expect(new Set(places.map((at) => `${at?.segment.id}/${at?.place}`)).size).toBe(places.length);
      expect(places.every((at) => at !== undefined && at.place < at.segment.size)).toBe(true);
      expect(places.map((at) => at?.segment.iteration)).toEqual(places.map((at) => at?.segment.iteration).sort());
      expect([find(-1), find(places.length)]).toEqual([undefined, undefined]);
      const { from, size } = newestOf(segments);
      expect(from + size).toBe(places.length);
    }));
  });

  it('go on where the last one ends, but never one that was imported', () => {
    const begun = extended(emptyPool('run'), 1, 5).pool;
    expect(extended(begun, 1, 2).at).toEqual({ segment: { id: 0, iteration: 1, size: 7, file: null }, place: 5 });
    expect(extended(begun, 2, 2).at.segment.id).toBe(1);
    const imported = { ...begun, segments: [{ id: 0, iteration: 1, size: 5, file: 'pool.json' }] };
    expect(extended(imported, 1, 2).at).toMatchObject({ segment: { id: 1 }, place: 0 });
  });
});
