/** Own data as a data set: what a run may draw, and what it never sees. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { forbiddenBy } from '../../../../src/comd/run';
import type { DataSet } from '../../../../src/data/types';
import { openOwnDataSet } from '../../../../src/pools/own/data-set';
import { ownIds } from '../../../../src/pools/own/naming';
import { isHeldOut } from '../../../../src/pools/own/split';
import { firstOf } from '../../../../src/data/drawn';
import { askedPictures, decode, jsonLines, llavaRow, ownHome, pictureFile, textFile } from '../../../support/own-data';

let data: DataSet;
beforeAll(async () => {
  const home = await ownHome();
  const captions = textFile('set/c.csv', `image,caption\n${Array.from({ length: 80 }, (_, i) => `images/${i}.png,a thing ${i}`).join('\n')}\n`);
  const { set } = await home.take([...askedPictures(80), captions]);
  data = await openOwnDataSet(home.database, set?.id ?? '', null, decode);
});

describe('a draw of records', () => {
  it('begins with the shorter draw, is another for another seed, and ends with all there are', async () => {
    const whole = await firstOf(data.records(1), 1000);
    expect(new Set(whole.map(({ id }) => id)).size).toBe(whole.length);
    await fc.assert(fc.asyncProperty(fc.integer({ min: 0, max: 90 }), async (count) => {
      expect(await firstOf(data.records(1), count)).toEqual(whole.slice(0, count));
    }), { numRuns: 20 });
    expect(await firstOf(data.records(2), 20)).not.toEqual(whole.slice(0, 20));
    expect(whole.length + (await data.test(1000)).length).toBe(80);
  });

  it('never holds what is held out, nor do pairs and drawn images', async () => {
    const forbidden = forbiddenBy({ test: await data.test(3), style: [] }, data);
    const records = await firstOf(data.records(1), 1000);
    expect(records.some((record) => forbidden.has(record))).toBe(false);
    const images = [...(await data.pairs(1000, 1)).map(({ image }) => image), await data.drawImage(() => 0), await data.drawImage(() => 0.999)];
    expect(images.some((image) => isHeldOut({ image, instruction: '' }))).toBe(false);
  });

  it('holds out all items of the split, not only those that a run is judged on', async () => {
    const forbidden = forbiddenBy({ test: await data.test(1), style: [] }, data);
    for (const { id, image, instruction } of await data.test(1000)) expect(() => forbidden.refuse([{ id, image, instruction }])).toThrow(/test item/);
    for (const { image } of await data.test(1000)) expect(forbidden.has({ image, instruction: 'anything else about it' })).toBe(true);
  });
});

it('gives the same test items for every call, each of a kind of question', async () => {
  const items = await data.test(5);
  expect(await data.test(3)).toEqual(items.slice(0, 3));
  expect(new Set(items.map(({ type }) => type))).toEqual(new Set(['what']));
  expect(await data.heldOutStyle(5)).toEqual([]);
});

it('gives pixels by the name of a picture, no larger than 1024 a side, and names one that it has not', async () => {
  const [record] = await firstOf(data.records(1), 1);
  expect(await data.has(record?.image ?? '')).toBe(true);
  expect(await data.pixels(record?.image ?? '')).toMatchObject({ width: 2, height: 2 });
  expect(await data.has('gone.png')).toBe(false);
  await expect(data.pixels('gone.png')).rejects.toMatchObject({ code: 'data/missing-image' });
  const home = await ownHome();
  const { set } = await home.take([pictureFile('a.png', 1)]);
  const large = await openOwnDataSet(home.database, set?.id ?? '', null, async () => ({ width: 4096, height: 1, data: new Uint8ClampedArray(4096 * 4).fill(200) }));
  const [name] = await home.database.getAllKeys('pictures');
  const pixels = await large.pixels(name?.[1] ?? '');
  expect([pixels.width, pixels.height, pixels.data[0], pixels.data[3]]).toEqual([1024, 1, 200, 255]);
});

describe('a data set that is held out as a whole', () => {
  const benchmark = [textFile('b.jsonl', jsonLines([llavaRow('x', '0.png', 'What is number 0?', 'zero'), llavaRow('y', null, 'what is one and one?', 'two')])), pictureFile('0.png', 0)];

  it('is examined beside another one, and cannot be learned from', async () => {
    const home = await ownHome();
    const [own, held] = [(await home.take(askedPictures(20, 50))).set, (await home.take(benchmark, { heldOutOnly: true, name: 'Bench' })).set];
    expect(held?.counts).toMatchObject({ records: 0, tests: 2, open: 0, unasked: 0 });
    const both = await openOwnDataSet(home.database, own?.id ?? '', held?.id ?? '', decode);
    expect((await both.heldOutStyle(10)).map(({ answer }) => answer).sort()).toEqual(['two', 'zero']);
    const [item] = (await both.heldOutStyle(10)).filter(({ image }) => image !== '');
    expect(await both.pixels(item?.image ?? '')).toMatchObject({ width: 2 });
    await expect(openOwnDataSet(home.database, held?.id ?? '', null, decode)).rejects.toMatchObject({ code: 'settings/invalid' });
    await expect(openOwnDataSet(home.database, own?.id ?? '', own?.id ?? '', decode)).rejects.toMatchObject({ code: 'settings/invalid' });
  });

  it('keeps its items out of every other one, whether it came before or after', async () => {
    const leak = [...askedPictures(1), textFile('more.jsonl', jsonLines([llavaRow('z', null, 'What is one and one', 'two')]))];
    const before = await ownHome();
    await before.take(benchmark, { heldOutOnly: true });
    const { summary } = await before.take([...leak, ...askedPictures(20, 50).map(({ path, file }) => ({ path: `more/${path}`, file }))]);
    expect(summary.refused).toBeGreaterThanOrEqual(2);
    expect(summary.faults[0]?.reason).toContain('held out as a whole');

    const after = await ownHome();
    const { set } = await after.take([...leak, ...askedPictures(20, 50).map(({ path, file }) => ({ path: `more/${path}`, file }))]);
    const first = await firstOf((await openOwnDataSet(after.database, set?.id ?? '', null, decode)).records(1), 100);
    await after.take(benchmark, { heldOutOnly: true });
    const then = await openOwnDataSet(after.database, set?.id ?? '', null, decode);
    const leaked = first.filter((record) => then.forbids?.(record));
    expect(leaked.map(({ instruction }) => instruction)).toContain('What is one and one');
    expect(await firstOf(then.records(1), 100)).toEqual(first.filter((record) => !leaked.includes(record)));
  });
});

describe('the setting', () => {
  it('names one data set, or two', () => {
    expect(ownIds('own:a')).toEqual(['a', null]);
    expect(ownIds('own:a, own:b')).toEqual(['a', 'b']);
    for (const wrong of ['a', 'own:', 'own:a,b', 'own:a,own:b,own:c', 'kept:a']) expect(() => ownIds(wrong)).toThrow(/"data"/);
  });

  it('that names one which is not there is refused by name', async () => {
    await expect(openOwnDataSet((await ownHome()).database, 'gone', null, decode)).rejects.toMatchObject({ code: 'settings/invalid', message: expect.stringContaining('"gone"') as string });
  });
});
