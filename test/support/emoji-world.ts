/**
 * The bundled emoji world, read from disk.
 */
import { readFileSync } from 'node:fs';
import { decodeAtlas, emojiDataSet } from '../../src/data/emoji/open';
import { parseWorld } from '../../src/data/emoji/world';

const folder = new URL('../../public/datasets/emoji/', import.meta.url);

export const world = parseWorld(JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')));

export async function atlasOf(style: string) {
  return decodeAtlas(new Uint8Array(readFileSync(new URL(`${style}.png`, folder))).buffer, `${style}.png`);
}

export const emoji = emojiDataSet(world, atlasOf);
