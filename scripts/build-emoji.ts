/**
 * Builds `public/datasets/emoji` from the art packages: an atlas per style, the manifest, and the licences.
 * The same packages give the same bytes. Run: `npm run build:emoji`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Resvg } from '@resvg/resvg-js';
import { encode } from 'fast-png';
import type { World } from '../src/data/emoji/world';
import type { Pixels } from '../src/data/types';
import { dominantColour } from './dominant-colour';

const require = createRequire(import.meta.url);
const folder = 'public/datasets/emoji';
const tile = 56;
const columns = 8;

/** Category of the world: emojibase subgroups, and the labels chosen: single words that stand in all four styles. */
const chosen: Record<string, { subgroups: string[]; labels: string[] }> = {
  mammal: { subgroups: ['animal-mammal'], labels: ['cat', 'dog', 'elephant', 'pig', 'panda', 'zebra', 'giraffe', 'fox'] },
  bird: { subgroups: ['animal-bird'], labels: ['penguin', 'owl', 'duck', 'flamingo', 'parrot', 'eagle', 'swan', 'peacock'] },
  fruit: { subgroups: ['food-fruit'], labels: ['banana', 'pineapple', 'strawberry', 'watermelon', 'pear', 'lemon', 'tangerine', 'peach'] },
  plant: { subgroups: ['plant-flower', 'plant-other'], labels: ['cactus', 'sunflower', 'rose', 'tulip', 'mushroom', 'shamrock', 'hibiscus', 'seedling'] },
  vehicle: { subgroups: ['transport-ground', 'transport-air', 'transport-water'], labels: ['bus', 'tractor', 'bicycle', 'helicopter', 'rocket', 'ambulance', 'taxi', 'sailboat'] },
  instrument: { subgroups: ['musical-instrument'], labels: ['saxophone', 'trumpet', 'accordion', 'guitar', 'violin', 'drum', 'banjo', 'flute'] },
  tool: { subgroups: ['tool'], labels: ['hammer', 'axe', 'wrench', 'screwdriver', 'magnet', 'ladder', 'gear', 'toolbox'] },
  garment: { subgroups: ['clothing'], labels: ['necktie', 'dress', 'scarf', 'crown', 'backpack', 'handbag', 'coat', 'ring'] },
};

const styles = [
  { name: 'noto', package: '@iconify-json/noto', licence: 'Apache-2.0', attribution: 'Noto Emoji by Google', url: 'https://github.com/googlefonts/noto-emoji', heldOut: false },
  { name: 'twemoji', package: '@iconify-json/twemoji', licence: 'CC-BY-4.0', attribution: 'Twemoji by Twitter and contributors', url: 'https://github.com/jdecked/twemoji', heldOut: false },
  { name: 'fluent', package: '@iconify-json/fluent-emoji-flat', licence: 'MIT', attribution: 'Fluent Emoji by Microsoft', url: 'https://github.com/microsoft/fluentui-emoji', heldOut: false },
  { name: 'openmoji', package: '@iconify-json/openmoji', licence: 'CC-BY-SA-4.0', attribution: 'OpenMoji, the open-source emoji and icon project (openmoji.org)', url: 'https://openmoji.org', heldOut: true },
];

interface IconSet {
  width: number;
  height: number;
  icons: Record<string, { body: string; width?: number; height?: number }>;
  aliases?: Record<string, { parent: string }>;
}
interface EmojiRow {
  label: string;
  tags?: string[];
  subgroup?: number;
}

const rows = require('emojibase-data/en/data.json') as EmojiRow[];
const subgroupNames = (require('emojibase-data/meta/groups.json') as { subgroups: Record<string, string> }).subgroups;

function main(): void {
  mkdirSync(folder, { recursive: true });
  const emoji: World['emoji'] = Object.entries(chosen).flatMap(([category, { subgroups, labels }]) =>
    labels.map((name) => ({ name, category, keywords: keywordsOf(name, subgroups), colours: {} })));
  for (const style of styles) {
    const icons = require(`${style.package}/icons.json`) as IconSet;
    const tiles = emoji.map(({ name }) => drawIcon(icons, name, style.package));
    emoji.forEach((e, i) => { e.colours[style.name] = dominantColour(tiles[i] as Pixels); });
    writeFileSync(`${folder}/${style.name}.png`, encode({ ...atlasOf(tiles), depth: 8, channels: 4 }));
    writeFileSync(`${folder}/${style.name}.licence.txt`, licenceText(style));
  }
  const manifest: World = { tile, columns, styles: styles.map(({ name, heldOut }) => ({ name, atlas: `${name}.png`, heldOut })), emoji };
  writeFileSync(`${folder}/manifest.json`, `${JSON.stringify(manifest, null, 1)}\n`);
  writeFileSync(`${folder}/licences.json`, `${JSON.stringify(styles.map(licenceOf), null, 1)}\n`);
}

/** Stands beside the atlas, so that it travels with it. */
function licenceText({ name, licence, attribution, url }: (typeof styles)[number]): string {
  return `${name}.png is a small drawing of ${attribution}, ${url},\nunder ${licence}: https://spdx.org/licenses/${licence}.html\n`;
}

function licenceOf({ name, package: art, licence, attribution, url }: (typeof styles)[number]) {
  const { version } = JSON.parse(readFileSync(require.resolve(`${art}/package.json`), 'utf8')) as { version: string };
  return { style: name, package: art, version, licence, attribution, url };
}

/** The emoji's own single-word tags, at most two, without its name and words that name a category. */
function keywordsOf(label: string, subgroups: string[]): string[] {
  const row = rows.find((r) => r.label === label && subgroups.includes(subgroupNames[String(r.subgroup)] ?? ''));
  if (!row) throw new Error(`emojibase has no "${label}" in ${subgroups.join(', ')}`);
  const taken = new Set([label, ...Object.keys(chosen), 'animal', 'emoji']);
  return (row.tags ?? []).filter((tag) => /^[a-z]{3,10}$/.test(tag) && !taken.has(tag)).slice(0, 2);
}

function drawIcon(set: IconSet, name: string, art: string): Pixels {
  const icon = set.icons[name] ?? set.icons[set.aliases?.[name]?.parent ?? ''];
  if (!icon) throw new Error(`${art} has no icon "${name}"`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${icon.width ?? set.width} ${icon.height ?? set.height}">${icon.body}</svg>`;
  const drawn = new Resvg(svg, { fitTo: { mode: 'width', value: tile } }).render();
  return { width: tile, height: tile, data: straightAlpha(drawn.pixels) };
}

/** resvg gives colours multiplied by alpha; PNG wants them straight. */
function straightAlpha(premultiplied: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(premultiplied);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3] as number;
    for (let c = 0; c < 3; c++) data[i + c] = alpha ? Math.round(((data[i + c] as number) * 255) / alpha) : 0;
  }
  return data;
}

function atlasOf(tiles: readonly Pixels[]): Pixels {
  const width = columns * tile;
  const height = Math.ceil(tiles.length / columns) * tile;
  const data = new Uint8ClampedArray(width * height * 4);
  tiles.forEach((image, i) => {
    const left = (i % columns) * tile;
    const top = Math.floor(i / columns) * tile;
    for (let y = 0; y < tile; y++) {
      data.set(image.data.subarray(y * tile * 4, (y + 1) * tile * 4), ((top + y) * width + left) * 4);
    }
  });
  return { width, height, data };
}

main();
