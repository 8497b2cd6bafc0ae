/**
 * The files that hold a checkpoint's weights, with their headers read and refused where anything is wrong with them,
 * before any number is read.
 */
import { ComdError } from '../errors';
import type { StoredTensor } from './checkpoint';
import { type DType, type FloatType, isFloatType } from './dtype';
import { type Checksums, checksumsFile, indexFile, singleFile, type WeightMap } from './layout';
import { canonicalName } from './names';
import type { Shard } from './read-shards';
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
  const files = weightMap === undefined ? [await onlyFile(source)] : [...new Set(Object.values(weightMap))];
  const headed = await Promise.all(files.map(async (file) => ({ file, header: await readHeader(source, file, checksums) })));
  if (weightMap !== undefined) compareWithIndex(weightMap, headed);
  const tensors = listTensors(headed, family);
  return { shards: headed.map((shard) => toShard(shard, checksums, family)), tensors };
}

/** The weights of a folder without an index. */
async function onlyFile(source: Source): Promise<string> {
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

/** Reads no further than the header claims to be, and takes no more memory than has come. */
async function readHeader(source: Source, file: string, checksums: Checksums): Promise<Header> {
  const start = await gathered(file, source, 0, 8);
  const size = await source.size(file);
  const end = headerEnd(file, start, size);
  const rest = await gathered(file, source, 8, end);
  const bytes = new Uint8Array(end);
  bytes.set(start);
  bytes.set(rest, 8);
  const header = parseHeader(file, bytes);
  const found = size ?? header.fileBytes;
  if (found !== header.fileBytes) throw wrongLength(file, header.fileBytes, 'its header', found);
  const written = checksums[file]?.bytes;
  if (written !== undefined && written !== found) throw wrongLength(file, written, checksumsFile, found);
  return header;
}

/** The bytes as they come, joined in the end: a length that a damaged file claims is no reason to take memory for it. */
async function gathered(file: string, source: Source, begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.bytes(file, begin, end)) pieces.push(piece);
  const bytes = new Uint8Array(end - begin);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
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
    `${file}: tensor "${name}" has the type ${dtype}.`,
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
