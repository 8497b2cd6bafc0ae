/**
 * The emoji world as a {@link DataSet}: pairs, records and test items are drawn by key from scenes of their own split.
 */
import { decode } from 'fast-png';
import { ComdError } from '../../errors';
import { hash, stream } from '../../random';
import { distinct } from '../drawn';
import type { DataSet, Pair, Pixels, TestItem } from '../types';
import { captionOf, drawQuestion, questionsFor, type Question } from './questions';
import { renderScene } from './render';
import { drawScene, parseScene, sceneName, splitOf, type Scene } from './scene';
import { parseWorld, type World } from './world';

/** Opens the world whose manifest and atlases lie at `baseUrl` (no trailing slash). Throws `data/missing-image`. */
export async function openEmojiWorld(baseUrl: string, fetcher: typeof fetch = fetch): Promise<DataSet> {
  const world = parseWorld(await (await get(fetcher, `${baseUrl}/manifest.json`)).json());
  const atlases = new Map<string, Promise<Pixels>>();
  const atlas = (style: string) => {
    const file = `${baseUrl}/${world.styles.find((s) => s.name === style)?.atlas}`;
    const loading = atlases.get(style) ?? get(fetcher, file).then(async (r) => decodeAtlas(await r.arrayBuffer(), file));
    // Not to be remembered: a run that is resumed asks again.
    loading.catch(() => atlases.delete(style));
    atlases.set(style, loading);
    return loading;
  };
  return emojiDataSet(world, atlas);
}

/** The data set over a world and its atlases. */
export function emojiDataSet(world: World, atlas: (style: string) => Promise<Pixels>): DataSet {
  const styles = (heldOut: boolean) => world.styles.filter((s) => s.heldOut === heldOut).map((s) => s.name);
  const learned = styles(false);
  const items = (purpose: string, from: string[], count: number): TestItem[] =>
    draw(count, (i) => {
      const { scene, question } = drawItem(world, from, 'test', [purpose, i]);
      return { ...row(scene, question), type: question.kind };
    });
  const known = (image: string, instruction: string): Question | undefined => {
    const scene = parseScene(world, image);
    return scene && questionsFor(world, scene).find((question) => question.instruction === instruction);
  };
  return {
    name: 'emoji',
    pairs: async (count, seed) => draw(count, (i): Pair => {
      const scene = drawSplit(world, learned, 'pool', stream(seed, 'pair', i));
      return { id: `pair-${i}`, image: sceneName(scene), caption: captionOf(scene) };
    }),
    records: (seed) => distinct((i) => {
      const { scene, question } = drawItem(world, learned, 'pool', [seed, 'record', i]);
      return { ...row(scene, question), source: 'dataset' as const, iteration: 0 };
    }),
    test: async (count) => items('test', learned, count),
    heldOutStyle: async (count) => items('held-out style', styles(true), count),
    drawImage: async (random) => sceneName(drawSplit(world, learned, 'pool', random)),
    has: async (image) => parseScene(world, image) !== undefined,
    truth: (image, instruction) => known(image, instruction)?.answer ?? null,
    kind: (image, instruction) => known(image, instruction)?.kind ?? null,
    async pixels(image) {
      const scene = parseScene(world, image);
      if (!scene) throw new ComdError('data/missing-image', `The emoji world has no image "${image}".`, 'Use an image name that the data set gave out.');
      return renderScene(world, await atlas(scene.style), scene);
    },
  };
}

/**
 * Decodes an 8-bit RGBA atlas; not through a canvas, which would round colours by their alpha. Throws
 * `data/undecodable-image` naming `file`.
 */
export function decodeAtlas(png: ArrayBuffer, file: string): Pixels {
  const fail = (cause?: unknown) => new ComdError(
    'data/undecodable-image', `${file} is not an 8-bit RGBA PNG.`, 'Copy the file anew, or build the data set again with `npm run build:emoji`.', { cause },
  );
  const { width, height, data, channels } = attempt(() => decode(png, { checkCrc: true }), fail);
  if (channels !== 4 || !(data instanceof Uint8Array)) throw fail();
  return { width, height, data: new Uint8ClampedArray(data) };
}

function attempt<T>(work: () => T, fail: (cause: unknown) => Error): T {
  try {
    return work();
  } catch (cause) {
    throw fail(cause);
  }
}

/** Draws scenes until one falls into the wanted split. */
export function drawSplit(world: World, styles: readonly string[], split: 'pool' | 'test', random: () => number): Scene {
  for (;;) {
    const scene = drawScene(world, styles, random);
    if (splitOf(scene) === split) return scene;
  }
}

function drawItem(world: World, styles: readonly string[], split: 'pool' | 'test', key: (string | number)[]) {
  const random = stream(...key);
  const scene = drawSplit(world, styles, split, random);
  return { scene, question: drawQuestion(questionsFor(world, scene), random) };
}

function row(scene: Scene, { instruction, answer }: Question) {
  const image = sceneName(scene);
  return { id: `${image}-${hash(instruction).toString(16)}`, image, instruction, answer };
}

/** Up to `count` rows with distinct ids; draws on past repeats, but not for ever. */
function draw<T extends { id: string }>(count: number, at: (i: number) => T): T[] {
  const rows = new Map<string, T>();
  for (let i = 0; rows.size < count && i < 20 * count; i++) {
    const next = at(i);
    if (!rows.has(next.id)) rows.set(next.id, next);
  }
  return [...rows.values()];
}

async function get(fetcher: typeof fetch, url: string): Promise<Response> {
  const response = await fetcher(url);
  if (response.ok) return response;
  throw new ComdError('data/missing-image', `${url} answered ${response.status}.`, 'Check that the data set is served beside the app.');
}
