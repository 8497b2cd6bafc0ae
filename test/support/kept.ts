/** What tests of the library share: a small model, a library over sources in memory, and a look into what it keeps. */
import { keptSource } from '../../src/checkpoint/library/kept-source';
import { ModelLibrary } from '../../src/checkpoint/library/library';
import { serialise } from '../../src/checkpoint/safetensors';
import type { Source } from '../../src/checkpoint/source';
import { type Files, jsonBytes } from './folder';
import type { MemoryDisk } from './memory-disk';

/** A model of three small files, its numbers all `value`. */
export function smallModel(value: number): Files {
  const bytes = new Uint8Array(new Float32Array(64).fill(value).buffer);
  return new Map([
    ['config.json', jsonBytes({ model_type: 'llama', value })],
    ['tokenizer.json', jsonBytes({ value })],
    ['model.safetensors', serialise([{ name: 'w', dtype: 'F32', shape: [64], bytes }])],
  ]);
}

/** A library that finds the same source at every place. */
export function libraryOf(disk: MemoryDisk, source: () => Source): ModelLibrary {
  const unused = (): Promise<never> => Promise.reject(new Error('not needed here'));
  return new ModelLibrary({ disk, sourceOf: () => Promise.resolve(source()), openPlace: unused, compose: unused });
}

/** The files of a kept model as its source gives them. */
export async function keptFiles(disk: MemoryDisk, id: string): Promise<Files> {
  const kept = await keptSource(id, disk);
  const files: Files = new Map();
  for (const name of await kept.list() ?? []) {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const piece of kept.bytes(name, 0)) parts.push(piece);
    files.set(name, new Uint8Array(await new Blob(parts).arrayBuffer()));
  }
  return files;
}
