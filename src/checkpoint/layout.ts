/**
 * Which files make up a checkpoint in Hugging Face's layout, and what they must be: `model.safetensors`, or shards
 * named by `model.safetensors.index.json`; and `checksums.json`, our addition, with the size and SHA-256 of each.
 */
import * as v from 'valibot';
import { ComdError } from '../errors';
import { checked } from './checked';

export const configFile = 'config.json';
export const singleFile = 'model.safetensors';
export const indexFile = 'model.safetensors.index.json';
export const checksumsFile = 'checksums.json';

/** A plain file name: an index may not point out of its own folder. */
const fileName = v.pipe(v.string(), v.regex(/^[^/\\]+$/, ({ received }) => `Expected the plain name of a file but received ${received}`), v.notValue('..'));
const indexSchema = v.object({ weight_map: v.record(v.string(), fileName) });
const checksumsSchema = v.record(v.string(), v.object({
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, ({ received }) => `Expected 64 digits of lower-case hexadecimal but received ${received}`)),
}));

/** Stored tensor name to shard. */
export type WeightMap = Record<string, string>;
export type Checksums = v.InferOutput<typeof checksumsSchema>;

export function parseIndex(file: string, json: unknown): WeightMap {
  return checked(indexSchema, json, refused(file)).weight_map;
}

export function parseChecksums(file: string, json: unknown): Checksums {
  return checked(checksumsSchema, json, refused(file));
}

function refused(file: string) {
  return (what: string): ComdError => new ComdError('checkpoint/corrupt', `${file}${what}`, 'Fetch the file again or write the checkpoint anew.');
}
