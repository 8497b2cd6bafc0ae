/**
 * The two papers in a model's folder: the record, which makes it a kept model, and the journal of a download that is
 * not done. Each names a generation of data files; what neither names is nobody's, so that a model is replaced by
 * writing a second generation beside the first and then the record.
 */
import * as v from 'valibot';
import type { KeptModel } from '../../../workers/protocol';
import { gone } from './failures';
import type { ModelDisk, ModelFolder } from './disk';

const recordName = 'record.json';
const journalName = 'journal.json';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const recordSchema = v.object({
  id: v.string(),
  name: v.string(),
  source: v.string(),
  /** Where it can be downloaded again. */
  url: v.optional(v.string()),
  family: v.string(),
  generation: v.string(),
  files: v.array(v.object({ file: v.string(), bytes: count, sha256: v.string(), validator: v.optional(v.string()) })),
  /** ISO time. */
  kept: v.string(),
});
const journalSchema = v.object({
  name: v.string(),
  source: v.string(),
  generation: v.string(),
  /** Whether a later call can go on from here. */
  resumable: v.boolean(),
  /** Bytes of all files together. */
  of: count,
  /** By name; a file has its hash once it is whole. */
  files: v.record(v.string(), v.object({ bytes: count, validator: v.optional(v.string()), sha256: v.optional(v.string()) })),
});

export type ModelRecord = v.InferOutput<typeof recordSchema>;
export type Journal = v.InferOutput<typeof journalSchema>;

/** The name of a model's file in its folder; `~` is the one mark that the encoding leaves for us. */
export const storedName = (generation: string, file: string): string => `${generation}~${encodeURIComponent(file).replaceAll('~', '%7E')}`;
const generationOf = (name: string): string => name.replace(/~.*$/, '');

export const readRecord = (folder: ModelFolder): Promise<ModelRecord | undefined> => readPaper(folder, recordName, recordSchema);
export const readJournal = (folder: ModelFolder): Promise<Journal | undefined> => readPaper(folder, journalName, journalSchema);
export const writeRecord = (folder: ModelFolder, record: ModelRecord): Promise<void> => folder.put(recordName, JSON.stringify(record));
export const writeJournal = (folder: ModelFolder, journal: Journal): Promise<void> => folder.put(journalName, JSON.stringify(journal));
export const removeRecord = (folder: ModelFolder): Promise<void> => folder.remove(recordName);
export const removeJournal = (folder: ModelFolder): Promise<void> => folder.remove(journalName);

/** What the page is told of a kept model. */
export function toKept({ id, name, source, family, files, kept }: ModelRecord): KeptModel {
  return {
    id, name, source, family, kept,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    files: files.map(({ file, bytes, sha256 }) => ({ file, bytes, sha256 })),
  };
}

/** A kept model's record with its folder. Throws `checkpoint/missing-file`. */
export async function openKept(disk: ModelDisk, id: string): Promise<{ folder: ModelFolder; record: ModelRecord }> {
  const folder = await disk.folder(id);
  const record = folder && await readRecord(folder);
  if (folder === undefined || record === undefined) throw gone(`The model ${id}`);
  return { folder, record };
}

/**
 * Removes what belongs to neither the record nor a journal that can be gone on with, and the folder where there are
 * none. The caller is alone with the model.
 */
export async function sweep(disk: ModelDisk, id: string): Promise<void> {
  const folder = await disk.folder(id);
  if (folder === undefined) return;
  const record = await readRecord(folder);
  const journal = await readJournal(folder);
  // A tab that closed just after writing the record leaves the journal of the model that is kept now.
  const goesOn = journal !== undefined && journal.resumable && journal.generation !== record?.generation;
  if (record === undefined && !goesOn) return disk.discard(id);
  if (!goesOn) await removeJournal(folder);
  const owned = [record?.generation, goesOn ? journal.generation : undefined];
  for (const name of await folder.names()) {
    if (name !== recordName && name !== journalName && !owned.includes(generationOf(name))) await folder.remove(name);
  }
}

async function readPaper<const S extends v.GenericSchema>(folder: ModelFolder, name: string, schema: S): Promise<v.InferOutput<S> | undefined> {
  const text = await (await folder.file(name))?.text();
  if (text === undefined) return undefined;
  try {
    return v.parse(schema, JSON.parse(text));
  } catch {
    // Papers are put whole: what cannot be read was not written by this version of the library.
    return undefined;
  }
}
