/**
 * What is read of a source at once: its JSON files, and the few bytes of a header. Numbers come in slices
 * (`read-shards.ts`).
 */
import { ComdError } from '../errors';
import { joined } from './joined';
import { parseJson } from './json';
import { tooShort } from './refusals';
import type { Source } from './source';

/** Undefined where there is no such file. Throws `checkpoint/corrupt` for what is not JSON. */
export async function readJson(source: Source, file: string): Promise<unknown> {
  const text = await source.text(file);
  if (text === undefined) return undefined;
  try {
    return parseJson(text);
  } catch (cause) {
    throw new ComdError('checkpoint/corrupt', `${file} in ${source.place} is not JSON: ${(cause as Error).message}.`, 'Fetch the file again; it may be truncated.', { cause });
  }
}

/**
 * Bytes `begin` to `end` of a file, joined when they have come: a length that a damaged file claims is no reason to take
 * memory for it. Throws `checkpoint/corrupt` where the file ends before, and what `Source.bytes` throws.
 */
export async function readBytes(source: Source, file: string, begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of source.bytes(file, begin, end)) pieces.push(piece);
  const bytes = joined(pieces);
  if (bytes.length < end - begin) throw tooShort(`${file} in ${source.place}`, end, `${begin + bytes.length}`);
  return bytes;
}
