/**
 * The stamps as a {@link DataSet}. Those that are drawn are the held-out style; of the others, mostly photographs, a fifth
 * is kept for the test, by the hash of the caption, so that ten gravestones stand on one side. What the test shows was
 * therefore never named in training: its names ask what a model knew before, its groups what it can tell by looking.
 */
import { decode } from 'fast-png';
import { ComdError } from '../../errors';
import { hash, pick, shuffled, stream, type Key } from '../../random';
import { distinct, firstOf } from '../drawn';
import type { DataSet, Pixels, TestItem } from '../types';
import { buildAgain, parsePack, stampSize, type Pack, type Stamp } from './pack';
import { drawQuestion, questionsFor, vocabularyOf, type Question } from './questions';

/** Opens the pack that lies at `baseUrl` (no trailing slash). Throws `data/missing-image` where none was built. */
export async function openStamps(baseUrl: string, fetcher: typeof fetch = fetch): Promise<DataSet> {
  const read = async (file: string): Promise<Response> => {
    const response = await fetcher(`${baseUrl}/${file}`);
    if (response.ok) return response;
    throw new ComdError('data/missing-image', `The stamps have not been built: ${baseUrl}/${file} answered ${response.status}.`, buildAgain);
  };
  const pack = parsePack(await (await read('manifest.json')).json());
  return stampsDataSet(pack, async (image) => decodeStamp(await (await read(`${image}.png`)).arrayBuffer(), `${image}.png`));
}

type Side = 'pool' | 'test' | 'held-out style';

/** Which side of the split a stamp stands on. */
export function sideOf({ caption, drawn }: Stamp): Side {
  if (drawn) return 'held-out style';
  return hash('stamps split', caption) % 5 === 0 ? 'test' : 'pool';
}

/** The data set over a pack and the reader of its pictures. */
export function stampsDataSet({ stamps }: Pack, read: (image: string) => Promise<Pixels>): DataSet {
  const byImage = new Map(stamps.map((stamp) => [stamp.image, stamp]));
  const side = (wanted: Side) => stamps.filter((stamp) => sideOf(stamp) === wanted);
  const sides = { pool: side('pool'), test: side('test'), 'held-out style': side('held-out style') };
  const vocabularies = { pool: vocabularyOf(sides.pool), test: vocabularyOf(sides.test), 'held-out style': vocabularyOf(sides['held-out style']) };
  const questions = (stamp: Stamp) => questionsFor(stamp, vocabularies[sideOf(stamp)]);
  const rows = (from: Side, ...key: Key[]) => asked(sides[from], questions, key);
  const items = async (from: Side, count: number): Promise<TestItem[]> =>
    (await firstOf(rows(from, from), count)).map(({ kind, ...row }) => ({ ...row, type: kind }));
  const known = (image: string, instruction: string) => {
    const stamp = byImage.get(image);
    return stamp && questions(stamp).find((question) => question.instruction === instruction);
  };
  return {
    name: 'stamps',
    pairs: async (count, seed) => shuffled(sides.pool, stream(seed, 'pair')).slice(0, count)
      .map(({ image, caption }) => ({ id: `pair-${image}`, image, caption })),
    records: async function* (seed) {
      for await (const { kind: _, ...row } of rows('pool', seed, 'record')) yield { ...row, source: 'dataset', iteration: 0 };
    },
    test: (count) => items('test', count),
    heldOutStyle: (count) => items('held-out style', count),
    forbids: ({ image }) => {
      const stamp = byImage.get(image);
      return stamp !== undefined && sideOf(stamp) !== 'pool';
    },
    drawImage: async (random) => pick(sides.pool, random).image,
    has: async (image) => byImage.has(image),
    truth: (image, instruction) => known(image, instruction)?.answer ?? null,
    kind: (image, instruction) => known(image, instruction)?.kind ?? null,
    async pixels(image) {
      if (byImage.has(image)) return read(image);
      throw new ComdError('data/missing-image', `There is no stamp "${image}".`, 'Use an image name that the data set gave out.');
    },
  };
}

/** Questions about `stamps`, the i-th drawn by `key` and i, each once. */
async function* asked(stamps: readonly Stamp[], questions: (stamp: Stamp) => Question[], key: Key[]) {
  if (stamps.length === 0) return;
  yield* distinct((i) => {
    const random = stream(...key, i);
    const stamp = pick(stamps, random);
    const question = drawQuestion(questions(stamp), random);
    return { id: `${stamp.image}-${hash(question.instruction).toString(16)}`, image: stamp.image, ...question };
  });
}

/** RGBA of an 8-bit RGB PNG of the pack's size. Throws `data/undecodable-image` naming the file. */
function decodeStamp(png: ArrayBuffer, file: string): Pixels {
  const fail = (cause?: unknown) => new ComdError('data/undecodable-image', `datasets/stamps/${file} is not an RGB PNG of ${stampSize} × ${stampSize} pixels.`, buildAgain, { cause });
  let decoded;
  try {
    decoded = decode(png, { checkCrc: true });
  } catch (cause) {
    throw fail(cause);
  }
  const { width, height, data: rgb, channels, depth } = decoded;
  if (channels !== 3 || depth !== 8 || width !== stampSize || height !== stampSize) throw fail();
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) data.set(rgb.subarray(i * 3, i * 3 + 3), i * 4);
  return { width, height, data };
}
