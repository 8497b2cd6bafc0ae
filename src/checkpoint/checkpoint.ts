/**
 * What an open checkpoint is, whichever format it has: everything but the numbers, and a way to read those slice by
 * slice. Types only.
 */
import type { FloatType } from './dtype';

export interface StoredTensor {
  dtype: FloatType;
  /** As stored: linear weights are `[out, in]`. */
  shape: number[];
  /** The file that holds it. */
  file: string;
  /** What a checkpoint of Hugging Face's layout calls it; but for GGUF, its name in that file. */
  stored: string;
}

/** Consecutive numbers of one tensor: whole rows (along the first axis), so that quantisation groups are never cut. */
export interface Slice {
  /** Canonical (`names.ts`). */
  name: string;
  dtype: FloatType;
  /** Of the whole tensor, as stored. */
  shape: number[];
  /** Index of the slice's first number in the tensor, row by row. */
  first: number;
  /** Little-endian numbers of `dtype`, aligned to their size. Valid until the call that got them is over. */
  bytes: Uint8Array<ArrayBuffer>;
}

export interface Reading {
  /** Whether a tensor is wanted, by canonical name; all by default. Files without a wanted tensor are not read. */
  wanted?(name: string): boolean;
  /** Called with every slice of every tensor, in the order of the files; the next waits until it is done. */
  onSlice(slice: Slice): void | Promise<void>;
  onShard(file: string, loaded: number, total: number): void;
  signal?: AbortSignal;
}

export interface Checkpoint {
  /** Last part of the folder's address. */
  name: string;
  /** Where it came from, in words. */
  place: string;
  /** `config.json` */
  config: unknown;
  /** `tokenizer.json`; undefined where a part has none, as a vision tower. */
  tokenizer: unknown;
  /** `tokenizer_config.json`; its `chat_template` is filled in where the template lies in a file of its own. */
  tokenizerConfig: unknown;
  /** `preprocessor_config.json`, or the image processor inside `processor_config.json`; undefined for a bare decoder. */
  preprocessor: unknown;
  /** `processor_config.json`; undefined where there is none. */
  processor: unknown;
  /** `generation_config.json`; undefined where there is none. */
  generation: unknown;
  /**
   * By canonical name (`names.ts`): every weight that the files hold, also one that the model makes no use of, as an
   * output head that a file holds although it is tied to the embedding.
   */
  tensors: Map<string, StoredTensor>;
  /**
   * Reads the numbers; it may be called again. Where a hash is known (`checksums.json`, or the source's own), it is checked while the
   * bytes stream, and a shard that fails it ends the reading: what was handed out of it is then worthless.
   * Throws `checkpoint/*`.
   */
  read(reading: Reading): Promise<void>;
}
