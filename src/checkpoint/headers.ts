/**
 * The files that hold a checkpoint's weights, with their headers read and refused where anything is wrong with them,
 * before any number is read.
 */
import { ComdError } from '../errors';
import type { StoredTensor } from './checkpoint';
import { type DType, type FloatType, isFloatType } from './dtype';
import { joined } from './joined';
import { type Checksums, checksumsFile, indexFile, singleFile, type WeightMap } from './layout';
import { canonicalName } from './names';
import type { Shard } from './read-shards';
import { readBytes } from './read-whole';
import { missingFile } from './refusals';
import { type Header, headerEnd, parseHeader, type TensorEntry } from './safetensors';
import type { Source } from './source';

interface Headed {
  file: string;
  header: Header;
}

export interface Weights {
  shards: Shard[];
  /** By canonical name. */
  tensors: Map<string, StoredTensor>;
}

/**
 * Reads the headers of all weight files. `weightMap` is that of the index, where there is one; `family` says how
 * tensors are named. Throws `checkpoint/missing-file`, `checkpoint/corrupt`, `checkpoint/unsupported`.
 */
export async function readHeaders(source: Source, weightMap: WeightMap | undefined, checksums: Checksums, family: string): Promise<Weights> {
  const files = weightMap === undefined ? [await onlyWeights(source)] : [...new Set(Object.values(weightMap))];
  const headed = await Promise.all(files.map(async (file) => ({ file, header: await readHeader(source, file) })));
  for (const { file, header } of headed) compareWithChecksums(file, header, checksums);
  if (weightMap !== undefined) compareWithIndex(weightMap, headed);
  const tensors = listTensors(headed, family);
  return { shards: headed.map((shard) => toShard(shard, checksums, family)), tensors };
}

/** The one file that holds the weights of a folder without an index. Throws `checkpoint/missing-file`, `checkpoint/unsupported`. */
export async function onlyWeights(source: Source): Promise<string> {
  if (await source.size(singleFile) !== undefined) return singleFile;
  const named = (await source.list())?.filter((file) => file.endsWith('.safetensors')) ?? [];
  if (named.length === 1) return named[0] as string;
  if (named.length > 1) throw missingFile(`${indexFile}, which says what is in ${named.join(', ')}, in ${source.place}`);
  const old = ['pytorch_model.bin', 'pytorch_model.bin.index.json'];
  const found = await Promise.all(old.map(async (file) => await source.size(file) !== undefined));
  if (!found.includes(true)) throw missingFile(`${singleFile} in ${source.place}`);
  throw new ComdError(
    'checkpoint/unsupported',
    `${source.place} has its weights in ${old[found.indexOf(true)]}, a Python pickle; safetensors are expected.`,
    'Load it in Python with transformers and save it again with save_pretrained, which writes safetensors.',
  );
}

/**
 * The header of a safetensors file, which is read no further and fits the file's length where that is known.
 * Throws `checkpoint/missing-file`, `checkpoint/corrupt`, `checkpoint/unsupported`.
 */
export async function readHeader(source: Source, file: string): Promise<Header> {
  const start = await readBytes(source, file, 0, 8);
  const size = await source.size(file);
  const rest = await readBytes(source, file, 8, headerEnd(file, start, size));
  const header = parseHeader(file, joined([start, rest]));
  if (size !== undefined && size !== header.fileBytes) throw wrongLength(file, header.fileBytes, 'its header', size);
  return header;
}

function compareWithChecksums(file: string, { fileBytes }: Header, checksums: Checksums): void {
  const written = checksums[file]?.bytes ?? fileBytes;
  if (written !== fileBytes) throw wrongLength(file, written, checksumsFile, fileBytes);
}

function compareWithIndex(weightMap: WeightMap, shards: readonly Headed[]): void {
  const held = new Map(shards.flatMap(({ file, header }) => header.tensors.map(({ name }) => [`${file}/${name}`, { file, name }])));
  for (const [name, file] of Object.entries(weightMap)) {
    if (!held.delete(`${file}/${name}`)) throw indexMismatch(`${indexFile} says that tensor "${name}" is in ${file}, but it is not.`);
  }
  for (const { file, name } of held.values()) throw indexMismatch(`${file} holds tensor "${name}", which ${indexFile} does not list there.`);
}

function listTensors(shards: readonly Headed[], family: string): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const { file, header } of shards) {
    for (const entry of header.tensors) {
      const name = canonicalName(entry.name, family);
      if (name === undefined) continue;
      const twin = tensors.get(name);
      if (twin !== undefined) throw indexMismatch(`Tensor "${name}" is in both ${twin.file} (as "${twin.stored}") and ${file} (as "${entry.name}").`);
      tensors.set(name, { dtype: floatType(file, entry), shape: entry.shape, file, stored: entry.name });
    }
  }
  return tensors;
}

function toShard({ file, header }: Headed, checksums: Checksums, family: string): Shard {
  const tensors = header.tensors.flatMap(({ name: stored, dtype, ...place }) => {
    const name = canonicalName(stored, family);
    return name === undefined || !isFloatType(dtype) ? [] : [{ ...place, name, dtype }];
  });
  const written = checksums[file];
  return { file, fileBytes: header.fileBytes, tensors, hashes: written === undefined ? [] : [{ by: checksumsFile, sha256: written.sha256 }] };
}

function floatType(file: string, { name, dtype }: Pick<TensorEntry, 'name'> & { dtype: DType }): FloatType {
  if (isFloatType(dtype)) return dtype;
  throw new ComdError(
    'checkpoint/unsupported',
    `${file}: tensor "${name}" has the type ${dtype}, where F32, F16 or BF16 was expected.`,
    'Export the checkpoint with weights in F32, F16 or BF16.',
  );
}

function indexMismatch(message: string): ComdError {
  return new ComdError('checkpoint/corrupt', message, 'The index and the shards come from different exports: fetch the whole folder again.');
}

function wrongLength(file: string, expected: number, by: string, found: number): ComdError {
  return new ComdError(
    'checkpoint/corrupt',
    `${file}: expected ${expected} bytes by ${by}, found ${found}.`,
    'Fetch the file again; the copy is incomplete or mixed up with another.',
  );
}
