/**
 * Where the files of a checkpoint come from: a server, files on disk, or the browser's own store. A source hands out
 * bytes and knows nothing of what they mean.
 */

/** The files of one checkpoint by plain name. */
export interface Source {
  /** Names the model: last part of the address or of the folder. */
  readonly name: string;
  /** Where it is in words, for messages: an address, or `the folder "…"`. */
  readonly place: string;
  /** The one GGUF file that is meant, where the source points at a file and not at a folder. */
  readonly gguf?: string;
  /** Names of all files, where the source can tell. */
  list(): Promise<readonly string[] | undefined>;
  /** Length in bytes; undefined where there is no such file. */
  size(file: string): Promise<number | undefined>;
  /** A whole text file; undefined where there is no such file. Throws `checkpoint/corrupt` above `longestText` bytes. */
  text(file: string): Promise<string | undefined>;
  /**
   * Bytes `begin` to `end` (exclusive; the end of the file by default), in pieces of any size and in order. A network
   * that stumbles is met by going on from where it broke. A piece is the caller's from then on. Throws `checkpoint/missing-file`, `checkpoint/changed`,
   * `checkpoint/unreachable`, `checkpoint/cancelled`.
   */
  bytes(file: string, begin: number, end?: number, signal?: AbortSignal): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** SHA-256 in lower-case hexadecimal, where the source itself gives one. */
  sha256(file: string): Promise<string | undefined>;
  /** What is another as soon as one byte of the file is (an ETag, a time of change), where the source can tell. */
  validator?(file: string): Promise<string | undefined>;
}

/** Configurations and tokenizers are a few megabytes; what is larger is no such file, and is not read into memory. */
export const longestText = 64 * 2 ** 20;
