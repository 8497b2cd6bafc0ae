/** The stamps as a data set, over a pack of hand-made stamps. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPack } from '../../../../scripts/stamps/build';
import { firstOf } from '../../../../src/data/drawn';
import { openStamps, sideOf } from '../../../../src/data/stamps/open';
import { parsePack, type Pack } from '../../../../src/data/stamps/pack';
import type { DataSet } from '../../../../src/data/types';
import { stampsPackage } from '../../../support/stamps-package';

let out: string;
let pack: Pack;
let data: DataSet;
const served = (folder: string): typeof fetch => async (url) => {
  try {
    return new Response(readFileSync(String(url).replace('http://here', folder)));
  } catch {
    return new Response(null, { status: 404 });
  }
};

beforeAll(async () => {
  const from = stampsPackage();
  out = mkdtempSync(join(tmpdir(), 'pack-'));
  pack = buildPack(from, out);
  rmSync(from, { recursive: true });
  data = await openStamps('http://here', served(out));
});
afterAll(() => rmSync(out, { recursive: true }));

const stampOf = (image: string) => pack.stamps.find((stamp) => stamp.image === image);
const sidesOf = (rows: { image: string }[]) => [...new Set(rows.map(({ image }) => sideOf(stampOf(image) as Pack['stamps'][number])))];

describe('the sides of the split', () => {
  it('never meet: pairs and records show the pool, the test its fifth, the held-out style drawings', async () => {
    expect(sidesOf(await data.pairs(99, 1))).toEqual(['pool']);
    expect(sidesOf(await firstOf(data.records(1), 200))).toEqual(['pool']);
    expect(sidesOf(await data.test(200))).toEqual(['test']);
    expect(sidesOf(await data.heldOutStyle(200))).toEqual(['held-out style']);
    await fc.assert(fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (drawn) => {
      expect(sidesOf([{ image: await data.drawImage(() => drawn) }])).toEqual(['pool']);
    }));
  });

  it('hold stamps of one caption together', () => {
    const stamp = { image: 'a', caption: 'A gravestone.', name: 'a gravestone', group: 'seasonal', drawn: false };
    expect(sideOf({ ...stamp, image: 'b' })).toBe(sideOf(stamp));
  });
});

it('forbids what is asked about a stamp that is held out', () => {
  for (const stamp of pack.stamps) {
    expect(data.forbids?.({ image: stamp.image, instruction: 'what is it?' })).toBe(sideOf(stamp) !== 'pool');
  }
  expect(data.forbids?.({ image: 'mine', instruction: 'what is it?' })).toBe(false);
});

describe('pairs', () => {
  it('are all captions of the pool, each once, in an order drawn by seed', async () => {
    const pool = pack.stamps.filter((stamp) => sideOf(stamp) === 'pool');
    const pairs = await data.pairs(99, 1);
    expect(pairs.map(({ image }) => image).sort()).toEqual(pool.map(({ image }) => image).sort());
    for (const { image, caption } of pairs) expect(caption).toBe(stampOf(image)?.caption);
    expect(await data.pairs(3, 1)).toEqual(pairs.slice(0, 3));
    expect(await data.pairs(99, 2)).not.toEqual(pairs);
  });
});

describe('records and test items', () => {
  it('carry answers that the pack confirms', async () => {
    for (const row of [...await firstOf(data.records(1), 200), ...await data.test(100), ...await data.heldOutStyle(50)]) {
      expect(data.truth(row.image, row.instruction)).toBe(row.answer);
    }
  });

  it('ask for names and groups', async () => {
    const about = (await firstOf(data.records(1), 999)).filter(({ image }) => image === 'animals/cat').map(({ instruction, answer }) => [instruction, answer]);
    expect(about).toContainEqual(['what is shown in this picture?', 'a cat']);
    expect(about).toContainEqual(['which group does it belong to?', 'animals']);
    expect(about).toContainEqual(['does the picture show a cat?', 'yes']);
    expect(about).toContainEqual(['does this belong to animals?', 'yes']);
  });

  it('ask nothing of a name where the caption is none', async () => {
    expect(data.truth('food/cheese', 'what is shown in this picture?')).toBeNull();
    expect(data.truth('food/cheese', 'what kind of thing is this?')).toBe('food');
    expect(data.truth('animals/unicorn', 'what kind of thing is this?')).toBeNull();
  });

  it('are as often yes as no', async () => {
    const answers = (await firstOf(data.records(5), 150)).map(({ answer }) => answer).filter((answer) => /^(yes|no)$/.test(answer));
    const yes = answers.filter((answer) => answer === 'yes').length / answers.length;
    expect(Math.abs(yes - 0.5)).toBeLessThan(0.25);
  });

  it('are distinct, the same for the same seed, and a longer list begins with the shorter one', async () => {
    await fc.assert(fc.asyncProperty(fc.nat(80), fc.nat(), async (count, seed) => {
      const rows = await firstOf(data.records(seed), count);
      expect(new Set(rows.map(({ id }) => id)).size).toBe(count);
      expect((await firstOf(data.records(seed), count + 9)).slice(0, count)).toEqual(rows);
    }), { numRuns: 20 });
    expect(await data.test(20)).toEqual(await data.test(20));
  });
});

describe('pictures', () => {
  it('are opaque squares of 128 pixels', async () => {
    const { width, height, data: bytes } = await data.pixels('food/fruit/plum');
    expect([width, height]).toEqual([128, 128]);
    expect([...bytes.subarray((64 * 128 + 64) * 4, (64 * 128 + 64) * 4 + 4)]).toEqual([0, 0, 255, 255]);
    expect([...bytes.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
  });

  it('are refused by name where there are none', async () => {
    expect(await data.has('animals/owl')).toBe(true);
    expect(await data.has('symbols/letter_a')).toBe(false);
    await expect(data.pixels('animals/unicorn')).rejects.toMatchObject({ code: 'data/missing-image', message: expect.stringContaining('animals/unicorn') as string });
  });
});

describe('a pack that is missing or spoilt', () => {
  it('is told with the command that builds it', async () => {
    await expect(openStamps('http://here', served('/nowhere'))).rejects.toMatchObject({ code: 'data/missing-image', remedy: expect.stringContaining('npm run build:stamps') as string });
  });

  it('names the picture that cannot be decoded', async () => {
    const spoilt: typeof fetch = async (url) => (String(url).endsWith('.png') ? new Response('no') : served(out)(url));
    await expect((await openStamps('http://here', spoilt)).pixels('animals/owl')).rejects.toMatchObject({ code: 'data/undecodable-image', message: expect.stringContaining('animals/owl.png') as string });
  });

  it('names the field of a malformed manifest', () => {
    expect(() => parsePack({ version: '1', stamps: [{ image: 'a', caption: 1 }] })).toThrow(expect.objectContaining({ code: 'data/malformed-record', message: expect.stringContaining('stamps.0.caption') as string }));
    expect(() => parsePack({ version: '1', stamps: [] })).toThrow(expect.objectContaining({ code: 'data/malformed-record' }));
  });
});
