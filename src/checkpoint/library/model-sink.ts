/**
 * What writes a model into the library sees of it: files that are opened, filled and closed. Types only; what becomes
 * of them is decided in `model-writer.ts`.
 */

/** Where the files of a model go. What is partly written never becomes a model. */
export interface ModelSink {
  /** To be called once, before the first file, with the bytes of all files together. Throws `checkpoint/quota`. */
  reserve(bytes: number): Promise<void>;
  /** Opens a file by its plain name; several may be open at once. */
  file(name: string): Promise<FileSink>;
}

export interface FileSink {
  /** How many bytes it has. */
  readonly bytes: number;
  /** Appends; the bytes may be used for something else afterwards. Throws `checkpoint/quota`. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** To be called once the file is whole. */
  close(): Promise<void>;
}
