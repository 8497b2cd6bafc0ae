/**
 * Writes what the bundled models are trained on, from the app's own generator: scenes of the pool split in the learned
 * styles to train on, scenes of the test split to measure on. Run: `npx tsx scripts/build-corpus.ts [scenes]`.
 *
 * `build/corpus/<part>.u8` holds RGB bytes [scenes, 64, 64, 3]; `<part>.jsonl` one line a scene: its description in
 * words (what a decoder sees in place of the image while it is taught from text only), its lessons, and what stands in
 * each cell (what the vision towers are taught).
 */
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { decodeAtlas, drawSplit } from '../src/data/emoji/open';
import { captionOf, questionsFor } from '../src/data/emoji/questions';
import { renderScene } from '../src/data/emoji/render';
import { cells, type Scene } from '../src/data/emoji/scene';
import { parseWorld, type World } from '../src/data/emoji/world';
import type { Pixels } from '../src/data/types';
import { stream } from '../src/random';
import { answerLesson, assessLesson, augmentLesson } from './corpus/lessons';

const emojiFolder = 'public/datasets/emoji';
const folder = 'build/corpus';

function main(): void {
  const scenes = Number(process.argv[2] ?? 60000);
  const world = parseWorld(JSON.parse(readFileSync(`${emojiFolder}/manifest.json`, 'utf8')));
  const atlases = new Map(world.styles.map((s) => [s.name, decodeAtlas(new Uint8Array(readFileSync(`${emojiFolder}/${s.atlas}`)).buffer, s.atlas)]));
  const styles = (heldOut: boolean) => world.styles.filter((s) => s.heldOut === heldOut).map((s) => s.name);
  mkdirSync(folder, { recursive: true });
  writePart(world, atlases, 'train', scenes, (random) => drawSplit(world, styles(false), 'pool', random));
  writePart(world, atlases, 'test', 600, (random) => drawSplit(world, styles(false), 'test', random));
  writePart(world, atlases, 'style', 300, (random) => drawSplit(world, styles(true), 'test', random));
}

function writePart(world: World, atlases: Map<string, Pixels>, part: string, count: number, drawOne: (random: () => number) => Scene): void {
  const file = openSync(`${folder}/${part}.u8`, 'w');
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const random = stream('corpus', part, i);
    const scene = drawOne(random);
    writeSync(file, rgb(renderScene(world, atlases.get(scene.style) as Pixels, scene)));
    lines.push(JSON.stringify({
      description: describe(scene),
      caption: captionOf(scene),
      lessons: lessonsOf(world, scene, random).map(({ role, prompt, target }) => [role, prompt, target]),
      cells: cellsOf(world, scene),
      // Only to measure the augmentor by: every instruction that can be answered from the scene.
      answerable: part === 'train' ? [] : questionsFor(world, scene).map((q) => q.instruction),
    }));
  }
  closeSync(file);
  writeFileSync(`${folder}/${part}.jsonl`, `${lines.join('\n')}\n`);
}

function lessonsOf(world: World, scene: Scene, random: () => number) {
  const times = <T>(n: number, make: () => T) => Array.from({ length: n }, make);
  return [
    ...times(9, () => answerLesson(world, scene, random)),
    ...times(4, () => assessLesson(world, scene, random)),
    ...times(3, () => augmentLesson(world, scene, random)),
  ];
}

/** The scene in words, with the colours that its caption leaves out. */
function describe(scene: Scene): string {
  return scene.placed.reduce((text, { emoji }) => {
    const colour = emoji.colours[scene.style];
    const article = colour === 'orange' ? 'an' : 'a';
    return colour ? text.replace(new RegExp(`\\ban? (big )?${emoji.name}\\b`), (_, big = '') => `${big ? 'a' : article} ${big}${colour} ${emoji.name}`) : text;
  }, captionOf(scene));
}

/** What stands in each cell, as an index into the world's emoji plus one, and the colour's word; a big one fills all. */
function cellsOf(world: World, scene: Scene) {
  return cells.map((cell) => {
    const emoji = scene.placed.find((p) => p.cell === cell || p.cell === 'big')?.emoji;
    return emoji ? [1 + world.emoji.indexOf(emoji), emoji.colours[scene.style] ?? ''] : [0, ''];
  });
}

function rgb({ data }: Pixels): Uint8Array {
  const out = new Uint8Array((data.length / 4) * 3);
  for (let i = 0, o = 0; i < data.length; i += 4, o += 3) out.set(data.subarray(i, i + 3), o);
  return out;
}

main();
