/** The builder of the pack of stamps. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPack } from '../../../scripts/stamps/build';
import { captionOf, nameOf } from '../../../scripts/stamps/captions';
import { tileOf } from '../../../scripts/stamps/tile';
import { animals, stampsPackage } from '../../support/stamps-package';

describe('captions', () => {
  it('are the first line, without what surrounds it', () => {
    expect(captionOf('An owl.\r\nde.utf8=Eine Eule.\n')).toBe('An owl.');
    expect(captionOf('\uFEFFA  red   fox. \n')).toBe('A red fox.');
    expect(captionOf('Balsam.')).toBe('Balsam.');
  });

  it('are missing where the first line is empty or of another language', () => {
    for (const text of ['', '\nde.utf8=Eine Eule.', 'de.utf8=Eine Eule.', 'ca@valencia.utf8=Una òliba.', 'pt_BR.utf8=Uma coruja.']) expect(captionOf(text)).toBeNull();
  });

  it.each([
    ['An owl.', 'an owl'], ['A baby sheep (a lamb).', 'a baby sheep'], ['The Sun.', 'the sun'], ['Some cherries', 'some cherries'],
    ['A pair of pants.', 'a pair of pants'], ['A four-leaf clover', 'a four-leaf clover'],
  ])('name what is shown: %s', (caption, name) => {
    expect(nameOf(caption)).toBe(name);
  });

  it.each(['Say cheese!', 'Balsam.', 'A candy cane is a traditional treat.', 'The Earth. Our planet!', '“Toilets”.', 'Mars—the red planet.', 'Boom!!!'])(
    'name nothing where they say more or something else: %s', (caption) => {
      expect(nameOf(caption)).toBeNull();
    });
});

describe('tileOf', () => {
  const colourAt = (tile: { width: number; data: ArrayLike<number> }, x: number, y: number) => Array.from({ length: 3 }, (_, c) => tile.data[(y * tile.width + x) * 3 + c]);

  it('keeps the aspect, pads with white and lays transparency on white', () => {
    const red = encode({ width: 2, height: 1, data: new Uint8Array([255, 0, 0, 255, 255, 0, 0, 0]), depth: 8, channels: 4 });
    const tile = tileOf(red, 'png', 16);
    expect([tile.width, tile.height]).toEqual([16, 16]);
    expect(colourAt(tile, 0, 8)).toEqual([255, 0, 0]);
    expect(colourAt(tile, 15, 8)).toEqual([255, 255, 255]);
    expect(colourAt(tile, 0, 0)).toEqual([255, 255, 255]);
  });

  it('reads grey with alpha, and colours by palette', () => {
    const grey = encode({ width: 1, height: 1, data: new Uint8Array([100, 255]), depth: 8, channels: 2 });
    expect(colourAt(tileOf(grey, 'png', 4), 2, 2)).toEqual([100, 100, 100]);
    const palette = encode({ width: 1, height: 1, data: new Uint8Array([1]), depth: 8, channels: 1, palette: [[1, 2, 3], [10, 20, 30]] });
    expect(colourAt(tileOf(palette, 'png', 4), 2, 2)).toEqual([10, 20, 30]);
  });

  it('draws an SVG that is higher than wide', () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="20"><rect width="10" height="20" fill="#00f"/></svg>';
    const tile = tileOf(Buffer.from(svg), 'svg', 8);
    expect(colourAt(tile, 4, 0)).toEqual([0, 0, 255]);
    expect(colourAt(tile, 0, 4)).toEqual([255, 255, 255]);
  });
});

describe('buildPack', () => {
  let from: string;
  let out: string;
  beforeAll(() => {
    [from, out] = [stampsPackage(), mkdtempSync(join(tmpdir(), 'pack-'))];
    buildPack(from, out);
  });
  afterAll(() => [from, out].forEach((folder) => rmSync(folder, { recursive: true })));

  const manifest = () => JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as ReturnType<typeof buildPack>;
  const find = (image: string) => manifest().stamps.find((stamp) => stamp.image === image);

  it('takes each captioned stamp once, in the order of their paths, without symbols and mirrored twins', () => {
    expect(manifest().version).toBe('2022.06.04-1');
    expect(manifest().stamps.map(({ image }) => image)).toEqual([
      ...animals.map((name) => `animals/${name}`), 'food/cheese', 'food/fruit/plum', 'naturalforces/fire', 'vehicles/cartoon/tram',
    ].sort());
  });

  it('tells the group by the folder, and drawings by format or folder', () => {
    expect(find('animals/owl')).toEqual({ image: 'animals/owl', caption: 'An owl.', name: 'an owl', group: 'animals', drawn: false });
    expect(find('food/fruit/plum')).toMatchObject({ group: 'food', drawn: true });
    expect(find('vehicles/cartoon/tram')).toMatchObject({ group: 'vehicles', drawn: true });
    expect(find('naturalforces/fire')).toMatchObject({ group: 'natural forces', name: null });
  });

  it('writes a picture for each, the SVG where there are both', () => {
    for (const { image } of manifest().stamps) {
      expect(decode(readFileSync(join(out, `${image}.png`)))).toMatchObject({ width: 128, height: 128, channels: 3 });
    }
    const { data } = decode(readFileSync(join(out, 'food/fruit/plum.png')));
    expect([...data.subarray((64 * 128 + 64) * 3, (64 * 128 + 64) * 3 + 3)]).toEqual([0, 0, 255]);
  });

  it('brings the licence, with the version and the package\'s own words', () => {
    const text = readFileSync(join(out, 'licence.txt'), 'utf8');
    expect(text).toContain('2022.06.04-1');
    expect(text).toContain('License: GPL-2');
    expect(JSON.parse(readFileSync(join(out, 'licences.json'), 'utf8'))).toMatchObject([{ package: 'tuxpaint-stamps-default', licence: 'GPL-2.0-or-later' }]);
  });

  it('makes the same bytes again, and leaves nothing of an older pack', () => {
    const bytes = () => readdirSync(out, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) => entry.isFile())
      .map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name)).toString('base64')]).sort();
    const before = bytes();
    buildPack(from, out);
    expect(bytes()).toEqual(before);
  });

  it('refuses a folder that holds no package, and leaves the pack as it was', () => {
    expect(() => buildPack(tmpdir(), out)).toThrow(expect.objectContaining({ code: 'data/missing-image', message: expect.stringContaining('tuxpaint/stamps') as string }));
    expect(existsSync(join(out, 'manifest.json'))).toBe(true);
  });
});
