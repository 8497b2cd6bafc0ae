/**
 * What the library needs of a disk: a flat folder for each model, room, and a lock. Types only: `opfs.ts` is the
 * browser's, and tests have one in memory.
 */

export interface ModelDisk {
  /** The ids of all folders, of whole models and of others. */
  ids(): Promise<string[]>;
  /** The folder of a model; undefined where there is none. */
  folder(id: string): Promise<ModelFolder | undefined>;
  /** The folder of a model, made where there is none. */
  create(id: string): Promise<ModelFolder>;
  /** Removes a folder with all that is in it. */
  discard(id: string): Promise<void>;
  /** Bytes that this origin uses and may use, and whether the browser has promised not to clear them. */
  room(): Promise<Room>;
  /** Works on a model while nobody else does, in this tab or another. Throws `run/busy` when somebody does. */
  alone<T>(id: string, work: () => Promise<T>): Promise<T>;
  /** The ids of the models that somebody is working on. */
  busy(): Promise<ReadonlySet<string>>;
}

export interface Room {
  used: number;
  quota: number;
  persisted: boolean;
}

/** Files by name. Where there is no room, writing throws what the platform throws: a `QuotaExceededError`. */
export interface ModelFolder {
  names(): Promise<string[]>;
  /** A file to be read slice by slice; undefined where there is none. */
  file(name: string): Promise<File | undefined>;
  /** Opens a file at its end, made where there is none. Nobody may have it open. */
  append(name: string): Promise<Appender>;
  /** Writes a small text whole: whatever happens, afterwards there is either it or what was there before. */
  put(name: string, text: string): Promise<void>;
  /** Removes a file, if there is one. */
  remove(name: string): Promise<void>;
}

export interface Appender {
  /** The length of the file. */
  readonly bytes: number;
  /** Writes all of the bytes or throws. */
  write(bytes: Uint8Array<ArrayBuffer>): void;
  close(): void;
}
