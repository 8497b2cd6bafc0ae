import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { questionsFor } from '../../../../src/data/emoji/questions';
import { composition, parseScene, type Scene } from '../../../../src/data/emoji/scene';
import { decodeAtlas } from '../../../../src/data/emoji/open';
import { firstOf } from '../../../../src/data/drawn';
import { emoji, world } from '../../../support/emoji-world';

const compositions = (rows: { image: string }[]) => new Set(rows.map((row) => composition(parseScene(world, row.image) as Scene)));
const styles = (rows: { image: string }[]) => new Set(rows.map((row) => row.image.split('_')[0]));

describe('the emoji data set', () => {
  it('never shares a composition between pools and test', async () => {
    const learned = compositions([...await firstOf(emoji.records(7), 400), ...await emoji.pairs(400, 7)]);
    const held = compositions([...await emoji.test(300), ...await emoji.heldOutStyle(100)]);
    expect([...held].filter((c) => learned.has(c))).toEqual([]);
  });

  it('keeps the held-out style out of all that is learned, and out of the test', async () => {
    expect(styles([...await firstOf(emoji.records(3), 200), ...await emoji.pairs(200, 3), ...await emoji.test(200)])).toEqual(new Set(['noto', 'twemoji', 'fluent']));
    expect(styles(await emoji.heldOutStyle(100))).toEqual(new Set(['openmoji']));
  });

  it('gives the same rows for a seed, others for another, and distinct ids', async () => {
    expect(await firstOf(emoji.records(1), 50)).toEqual(await firstOf(emoji.records(1), 50));
    expect(await firstOf(emoji.records(1), 50)).not.toEqual(await firstOf(emoji.records(2), 50));
    expect(await emoji.test(20)).toEqual((await emoji.test(40)).slice(0, 20));
    const ids = (await firstOf(emoji.records(1), 800)).map((r) => r.id);
    expect(new Set(ids).size).toBe(800);
  });

  it('answers its test items as the ground truth does', async () => {
    for (const item of await emoji.test(200)) {
      const asked = questionsFor(world, parseScene(world, item.image) as Scene).find((q) => q.instruction === item.instruction);
      expect(asked?.answer).toBe(item.answer);
      expect(emoji.truth(item.image, item.instruction)).toBe(item.answer);
    }
  });

  it('draws the same opaque pixels every time', async () => {
    const [first, again] = [await emoji.pixels('noto_mint_tl-cat_br-rose'), await emoji.pixels('noto_mint_tl-cat_br-rose')];
    expect(first).toEqual(again);
    expect([first.width, first.height, first.data.length]).toEqual([64, 64, 64 * 64 * 4]);
    expect(first.data.filter((_, i) => i % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
  });

  it('draws each emoji into its own cell and leaves the others as ground', async () => {
    const { data } = await emoji.pixels('noto_mint_br-rose');
    const ground = [216, 244, 224, 255];
    const isGround = (x: number, y: number) => ground.every((value, c) => data[(y * 64 + x) * 4 + c] === value);
    const painted = Array.from({ length: 64 * 64 }, (_, i) => [i % 64, Math.floor(i / 64)] as const).filter(([x, y]) => !isGround(x, y));
    expect(painted.length).toBeGreaterThan(100);
    expect(painted.filter(([x, y]) => x < 32 || y < 32)).toEqual([]);
  });

  it('has the images that it gives out, and no others', async () => {
    const rows = [...await firstOf(emoji.records(1), 50), ...await emoji.pairs(50, 1), ...await emoji.test(50), ...await emoji.heldOutStyle(50)];
    const there = await Promise.all(rows.map(({ image }) => emoji.has(image)));
    expect(there).toEqual(rows.map(() => true));
    const strange = await Promise.all(['noto_white_tl-dragon', 'noto_white_big-cat.png', ''].map((image) => emoji.has(image)));
    expect(strange).toEqual([false, false, false]);
  });

  it('names an image that it does not have', async () => {
    await expect(emoji.pixels('noto_white_tl-dragon')).rejects.toMatchObject({ code: 'data/missing-image', message: expect.stringContaining('dragon') as string });
  });

  it('names an atlas that does not decode', () => {
    const png = new Uint8Array(readFileSync('public/datasets/emoji/noto.png'));
    const flipped = png.map((byte, i) => (i === 5000 ? byte ^ 255 : byte));
    for (const damaged of [png.slice(0, 900), flipped, new TextEncoder().encode('<html>')]) {
      expect(() => decodeAtlas(damaged.buffer as ArrayBuffer, 'noto.png')).toThrow(expect.objectContaining({ code: 'data/undecodable-image', message: expect.stringContaining('noto.png') as string }));
    }
  });
});
