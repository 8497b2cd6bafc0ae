/** Own data for tests in Node: small PNG pictures, files of rows, and a library without a browser. */
import 'fake-indexeddb/auto';
import { encodePng } from '../../src/data/encode-png';
import { decode as decodePng } from 'fast-png';
import type { Pixels } from '../../src/data/types';
import { openOwnData, type OwnDatabase } from '../../src/pools/own/database';
import { OwnDataLibrary } from '../../src/pools/own/library';
import type { GivenFile, TakeProgress, Taken, TakeWishes } from '../../workers/data-protocol';

/** The bytes of a picture of 2 × 2 pixels; another number is another picture. */
export function pictureBytes(number: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8ClampedArray(16).fill(255);
  data.set([number % 256, Math.floor(number / 256) % 256, Math.floor(number / 65536)]);
  return encodePng({ width: 2, height: 2, data });
}

export const pictureFile = (path: string, number: number): GivenFile => ({ path, file: new File([pictureBytes(number)], path.split('/').at(-1) ?? path) });

export const textFile = (path: string, text: string): GivenFile => ({ path, file: new File([text], path.split('/').at(-1) ?? path) });

/** A row of LLaVA's format. */
export const llavaRow = (id: string, image: string | null, question: string, answer: string): object => ({
  id, ...(image === null ? {} : { image }), conversations: [{ from: 'human', value: image === null ? question : `<image>\n${question}` }, { from: 'gpt', value: answer }],
});

export const jsonLines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** `count` pictures, each with a question of its own, as JSONL and a folder. */
export function askedPictures(count: number, from = 0): GivenFile[] {
  const rows = Array.from({ length: count }, (_, i) => llavaRow(`row-${i}`, `images/${i}.png`, `what is number ${i}?`, `number ${i}`));
  return [textFile('set/rows.jsonl', jsonLines(rows)), ...rows.map((_, i) => pictureFile(`set/images/${i}.png`, from + i))];
}

export const wishes = (change: Partial<TakeWishes> = {}): TakeWishes => ({ name: 'Birds', licence: '', heldOutOnly: false, encoding: 'utf-8', ...change });

export async function decode(bytes: Blob): Promise<Pixels> {
  const { width, height, data } = decodePng(new Uint8Array(await bytes.arrayBuffer()));
  return { width, height, data: new Uint8ClampedArray(data) };
}

let databases = 0;

/** A library with a database of its own, and that database. */
export async function ownHome(database = `own-${databases++}`): Promise<{ name: string; database: OwnDatabase; library: OwnDataLibrary; take(files: GivenFile[], change?: Partial<TakeWishes>, hear?: (progress: TakeProgress) => void): Promise<Taken> }> {
  const library = new OwnDataLibrary({
    database, alone: (work) => work(), decodes: async (bytes) => { await decode(bytes); }, room: async () => ({ used: 0, quota: 1, persisted: false }),
  });
  return {
    name: database, database: await openOwnData(database), library,
    take: (files, change, hear = () => undefined) => library.take(files, wishes(change), hear),
  };
}

/** How many rows each store holds. */
export async function stored(database: OwnDatabase): Promise<Record<string, number>> {
  const names = ['sets', 'rows', 'pictures', 'mentions', 'held'] as const;
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await database.count(name)] as const)));
}
