/**
 * The weights of a checkpoint on their way out: safetensors shards whose headers are laid out from names and shapes
 * alone, so that the numbers can follow as they come. It converts no numbers and knows no family.
 */
import type { FloatType } from '../dtype';
import { type Checksums, indexFile, singleFile } from '../layout';
import type { FileSink, ModelSink } from '../library/model-sink';
import { headerOf, tensorBytes, type TensorToWrite } from '../safetensors';
import { createHasher, type Hasher } from '../sha256';

/** A weight that is going to be written. */
export interface PlannedTensor extends TensorToWrite {
  dtype: FloatType;
}

export interface PlannedShard {
  file: string;
  tensors: PlannedTensor[];
  header: Uint8Array<ArrayBuffer>;
  /** Of the whole file, the header included. */
  bytes: number;
}

export type OnWritten = (progress: { file: string; loaded: number; total: number }) => void;

/**
 * Lays tensors in the given order into shards of at most `shardBytes` of numbers each; a larger tensor gets a shard
 * of its own. A single shard is named `model.safetensors` and needs no index.
 */
export function planShards(tensors: Iterable<PlannedTensor>, shardBytes: number): PlannedShard[] {
  const groups: PlannedTensor[][] = [];
  let room = 0;
  for (const tensor of tensors) {
    const bytes = tensorBytes(tensor);
    if (groups.length === 0 || bytes > room) {
      groups.push([]);
      room = shardBytes;
    }
    groups.at(-1)?.push(tensor);
    room -= bytes;
  }
  if (groups.length === 0) groups.push([]);
  return groups.map((group, i) => {
    const header = headerOf(group);
    return { file: shardName(i, groups.length), tensors: group, header, bytes: header.length + numbersOf(group) };
  });
}

/** `model.safetensors.index.json` with its name, where there is more than one shard. */
export function indexFiles(shards: readonly PlannedShard[]): [string, string][] {
  if (shards.length === 1) return [];
  const entries = shards.flatMap(({ file, tensors }) => tensors.map(({ name }) => [name, file] as const));
  const total = shards.reduce((sum, { tensors }) => sum + numbersOf(tensors), 0);
  return [[indexFile, JSON.stringify({ metadata: { total_size: total }, weight_map: Object.fromEntries(entries) }, null, 2)]];
}

interface OpenShard {
  file: FileSink;
  hasher: Hasher;
  /** Bytes that are still to come. */
  left: number;
}

/** Fills planned shards one after the other, hashing them on the way. */
export class ShardWriter {
  readonly #shards: readonly PlannedShard[];
  readonly #sink: Pick<ModelSink, 'file'>;
  readonly #onWritten: OnWritten;
  readonly #sums: Checksums = {};
  #index = 0;
  #open: OpenShard | undefined;

  constructor(shards: readonly PlannedShard[], sink: Pick<ModelSink, 'file'>, onWritten: OnWritten = () => undefined) {
    this.#shards = shards;
    this.#sink = sink;
    this.#onWritten = onWritten;
  }

  /** Appends bytes of the tensor whose turn it is, of one tensor at a time. */
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (bytes.length === 0) return;
    await this.#append(this.#open ?? await this.#begin(), bytes);
    if (this.#open?.left === 0) await this.#end();
  }

  /** To be called when everything is written; size and hash of every shard. */
  async close(): Promise<Checksums> {
    if (this.#open !== undefined) throw new Error(`${this.#shards[this.#index]?.file}: ${this.#open.left} bytes are missing.`);
    while (this.#index < this.#shards.length) {
      if ((await this.#begin()).left > 0) throw new Error(`${this.#shards[this.#index]?.file} has not been written.`);
      await this.#end();
    }
    return this.#sums;
  }

  async #begin(): Promise<OpenShard> {
    const shard = this.#shards[this.#index];
    if (shard === undefined) throw new Error('More bytes than were planned.');
    const open = { file: await this.#sink.file(shard.file), hasher: await createHasher(), left: shard.bytes };
    this.#open = open;
    await this.#append(open, shard.header);
    return open;
  }

  async #append(open: OpenShard, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { file, bytes: total } = this.#shards[this.#index] as PlannedShard;
    if (bytes.length > open.left) throw new Error(`${file}: ${bytes.length} bytes do not fit in the ${open.left} that are left.`);
    await open.file.write(bytes);
    open.hasher.update(bytes);
    open.left -= bytes.length;
    this.#onWritten({ file, loaded: total - open.left, total });
  }

  async #end(): Promise<void> {
    const { file, bytes } = this.#shards[this.#index] as PlannedShard;
    await this.#open?.file.close();
    if (this.#open !== undefined) this.#sums[file] = { bytes, sha256: this.#open.hasher.hex() };
    this.#open = undefined;
    this.#index++;
  }
}

function numbersOf(tensors: readonly PlannedTensor[]): number {
  return tensors.reduce((sum, tensor) => sum + tensorBytes(tensor), 0);
}

function shardName(index: number, of: number): string {
  const padded = (n: number): string => String(n).padStart(5, '0');
  return of === 1 ? singleFile : `model-${padded(index + 1)}-of-${padded(of)}.safetensors`;
}
