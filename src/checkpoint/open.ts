/**
 * Opens a checkpoint folder in Hugging Face's layout over HTTP and reads its tensors shard by shard, checked. It
 * keeps nothing on disk and builds no model.
 */
import { ComdError } from '../errors';
import { type DType, type FloatType, isFloatType, toFloat32 } from './dtype';
import { missingFile } from './fetch-file';
import { Folder } from './folder';
import { type Checksums, checksumsFile, indexFile, parseChecksums, parseIndex, singleFile, verify, type WeightMap } from './layout';
import { canonicalName } from './names';
import { type Header, parseHeader, type TensorEntry } from './safetensors';

export interface StoredTensor {
  dtype: FloatType;
  shape: number[];
  /** The shard that holds it. */
  file: string;
}

/** An open checkpoint: everything but the numbers, and `read` for those. */
export interface Checkpoint {
  /** Last part of the folder's address. */
  name: string;
  /** `config.json` */
  config: unknown;
  /** `tokenizer.json` */
  tokenizer: unknown;
  /** `tokenizer_config.json`; its `chat_template` is filled in where the template lies in a file of its own. */
  tokenizerConfig: unknown;
  /** `preprocessor_config.json`, or the image processor inside `processor_config.json`. */
  preprocessor: unknown;
  /** By canonical name (`names.ts`). A tied output head is not listed. */
  tensors: Map<string, StoredTensor>;
  /**
   * Hands out every tensor once, by canonical name, widened to 32 bits. One shard is held at a time; its size and
   * hash are checked before its first tensor is handed out. Throws `checkpoint/missing-file`, `checkpoint/corrupt`.
   */
  read(
    onTensor: (name: string, shape: number[], data: Float32Array<ArrayBuffer>) => void | Promise<void>,
    onShard: (file: string, loaded: number, total: number) => void,
  ): Promise<void>;
}

interface Shard {
  file: string;
  header: Header;
}

/**
 * Opens the folder at `url`: configuration, tokenizer, and the header of every shard.
 * Throws `checkpoint/missing-file`, `checkpoint/corrupt`, `checkpoint/unsupported`.
 */
export async function openCheckpoint(url: string, fetcher: typeof fetch = fetch): Promise<Checkpoint> {
  const folder = new Folder(url.replace(/\/+$/, ''), fetcher);
  const [config, tokenizer, tokenizerConfig, preprocessor, index, checksums] = await Promise.all([
    folder.json('config.json'),
    folder.json('tokenizer.json'),
    readTokenizerConfig(folder),
    readPreprocessor(folder),
    folder.optionalJson(indexFile),
    folder.optionalJson(checksumsFile),
  ]);
  const weightMap = index === undefined ? undefined : parseIndex(indexFile, index);
  const sums = checksums === undefined ? {} : parseChecksums(checksumsFile, checksums);
  const files = weightMap === undefined ? [singleFile] : [...new Set(Object.values(weightMap))];
  const shards = await Promise.all(files.map(async (file) => ({ file, header: await folder.header(file) })));
  if (weightMap !== undefined) compareWithIndex(weightMap, shards);
  return {
    name: folder.url.split('/').at(-1) ?? folder.url,
    config, tokenizer, tokenizerConfig, preprocessor,
    tensors: listTensors(shards),
    async read(onTensor, onShard) {
      for (const shard of shards) await readShard(folder, shard, sums, onTensor, onShard);
    },
  };
}

/** Newer releases keep the chat template in a file of its own, and only there. */
async function readTokenizerConfig(folder: Folder): Promise<unknown> {
  const config = (await folder.optionalJson('tokenizer_config.json') ?? {}) as { chat_template?: unknown };
  if (config.chat_template !== undefined) return config;
  const jinja = await folder.optionalText('chat_template.jinja');
  if (jinja !== undefined) return { ...config, chat_template: jinja };
  const json = await folder.optionalJson('chat_template.json') as { chat_template?: unknown } | undefined;
  return json?.chat_template === undefined ? config : { ...config, chat_template: json.chat_template };
}

/** transformers 5 writes one file for the whole processor. */
async function readPreprocessor(folder: Folder): Promise<unknown> {
  const own = await folder.optionalJson('preprocessor_config.json');
  if (own !== undefined) return own;
  const whole = await folder.optionalJson('processor_config.json') as { image_processor?: unknown } | undefined;
  if (whole?.image_processor === undefined) throw missingFile(`${folder.url}/preprocessor_config.json`);
  return whole.image_processor;
}

function compareWithIndex(weightMap: WeightMap, shards: readonly Shard[]): void {
  const held = new Map(shards.flatMap(({ file, header }) => header.tensors.map(({ name }) => [`${file}/${name}`, { file, name }])));
  for (const [name, file] of Object.entries(weightMap)) {
    if (!held.delete(`${file}/${name}`)) throw indexMismatch(`${indexFile} says that tensor "${name}" is in ${file}, but it is not.`);
  }
  for (const { file, name } of held.values()) throw indexMismatch(`${file} holds tensor "${name}", which ${indexFile} does not list there.`);
}

function indexMismatch(message: string): ComdError {
  return new ComdError('checkpoint/corrupt', message, 'The index and the shards come from different exports: fetch the whole folder again.');
}

function listTensors(shards: readonly Shard[]): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const { file, header } of shards) {
    for (const entry of header.tensors) {
      const name = canonicalName(entry.name);
      if (name === undefined) continue;
      const twin = tensors.get(name);
      if (twin !== undefined) throw indexMismatch(`Tensor "${name}" is in both ${twin.file} and ${file}.`);
      tensors.set(name, { dtype: floatType(file, entry), shape: entry.shape, file });
    }
  }
  return tensors;
}

function floatType(file: string, entry: { name: string; dtype: DType }): FloatType {
  if (isFloatType(entry.dtype)) return entry.dtype;
  throw new ComdError(
    'checkpoint/unsupported',
    `${file}: tensor "${entry.name}" has the type ${entry.dtype}.`,
    'Export the checkpoint with weights in F32, F16 or BF16.',
  );
}

async function readShard(
  folder: Folder, { file, header }: Shard, checksums: Checksums,
  onTensor: Parameters<Checkpoint['read']>[0], onShard: Parameters<Checkpoint['read']>[1],
): Promise<void> {
  const bytes = await folder.body(file, header.fileBytes, (loaded) => onShard(file, loaded, header.fileBytes));
  await verify(file, bytes, checksums);
  const now = parseHeader(file, bytes);
  if (!sameTensors(now.tensors, header.tensors)) {
    throw new ComdError('checkpoint/corrupt', `${file} changed on the server while it was being read.`, 'Load the checkpoint again.');
  }
  for (const entry of now.tensors) {
    const name = canonicalName(entry.name);
    if (name === undefined) continue;
    await onTensor(name, entry.shape, toFloat32(floatType(file, entry), bytes.subarray(entry.begin, entry.end)));
  }
}

function sameTensors(a: readonly TensorEntry[], b: readonly TensorEntry[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
