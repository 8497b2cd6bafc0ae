/**
 * The files of a checkpoint on this machine, as a picker, a drop or a store gives them: read slice by slice, never
 * whole. It lists no folders by itself and keeps nothing.
 */
import { ComdError } from '../errors';
import { cancelled, missingFile, tooLong, tooShort } from './refusals';
import { longestText, type Source } from './source';

/** Bytes that are read at once, at most. */
const pieceBytes = 2 ** 19;

/** After so many the thread's other tasks, such as a cancellation, have their turn: a stream with bytes at hand never waits. */
const turnBytes = 4 * 2 ** 20;

/** Chromium collects a reader that only a pending read refers to as garbage, and the read never ends. */
const underWay = new Set<ReadableStreamBYOBReader>();

/** Files that say which of several folders is the checkpoint. */
const marks = ['config.json', 'adapter_config.json'];
const isWeights = (file: string): boolean => /\.(safetensors|gguf)$/i.test(file);

/**
 * `files` are those of one folder, by name or with their paths in it; of several folders, the one that holds a
 * configuration is meant, or the only one that holds weights. Throws `checkpoint/missing-file` when there are more.
 */
export function filesSource(name: string, files: readonly File[] | ReadonlyMap<string, Blob>): Source {
  const byPath = files instanceof Map ? files as ReadonlyMap<string, Blob> : new Map((files as readonly File[]).map((file) => [pathOf(file), file]));
  return new FilesSource(name, ofOneFolder(name, byPath));
}

class FilesSource implements Source {
  readonly name: string;
  readonly place: string;
  readonly gguf?: string;
  readonly #files: ReadonlyMap<string, Blob>;

  constructor(name: string, files: ReadonlyMap<string, Blob>) {
    this.name = name;
    this.place = `the folder "${name}"`;
    this.#files = files;
    const [weights, ...others] = [...files.keys()].filter(isWeights);
    if (weights?.toLowerCase().endsWith('.gguf') && others.length === 0) this.gguf = weights;
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve([...this.#files.keys()]);
  }

  size(file: string): Promise<number | undefined> {
    return Promise.resolve(this.#files.get(file)?.size);
  }

  async text(file: string): Promise<string | undefined> {
    const blob = this.#files.get(file);
    if (blob !== undefined && blob.size > longestText) throw tooLong(this.#address(file), `${blob.size} bytes`);
    return blob && await this.#read(file, blob.text());
  }

  async *bytes(file: string, begin: number, end?: number, signal?: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>, void, ArrayBuffer | undefined> {
    const blob = this.#files.get(file);
    if (blob === undefined) throw missingFile(this.#address(file));
    const limit = end ?? blob.size;
    if (limit > blob.size || begin > limit) throw tooShort(this.#address(file), Math.max(begin, limit), `${blob.size}`);
    // A file is read about twice as fast as by `arrayBuffer()`, and into memory that is there already.
    const reader = blob.slice(begin, limit).stream().getReader({ mode: 'byob' });
    underWay.add(reader);
    try {
      let room: ArrayBuffer | undefined;
      let sinceTurn = 0;
      for (;;) {
        const { done, value } = await this.#read(file, reader.read(new Uint8Array(room ?? new ArrayBuffer(pieceBytes))));
        if (done) return;
        sinceTurn += value.length;
        if (sinceTurn >= turnBytes) {
          await turn();
          sinceTurn = 0;
        }
        if (signal?.aborted) throw cancelled(this.#address(file));
        room = yield value;
      }
    } finally {
      underWay.delete(reader);
      await reader.cancel().catch(() => undefined);
    }
  }

  sha256(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  validator(file: string): Promise<string | undefined> {
    const blob = this.#files.get(file);
    return Promise.resolve(blob instanceof File ? `${blob.lastModified}-${blob.size}` : undefined);
  }

  /** A browser refuses to read a file that changed or went since it was chosen. */
  async #read<T>(file: string, reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (cause) {
      throw new ComdError(
        'checkpoint/changed',
        `${this.#address(file)} can no longer be read: it was changed, moved or removed since it was chosen.`,
        'Choose the folder again.',
        { cause },
      );
    }
  }

  #address(file: string): string {
    return `${file} in ${this.place}`;
  }
}

function turn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

function pathOf(file: File): string {
  return file.webkitRelativePath || file.name;
}

/** The files of the one folder that is meant, by their last names. */
function ofOneFolder(name: string, files: ReadonlyMap<string, Blob>): Map<string, Blob> {
  const paths = [...files.keys()];
  const having = (test: (file: string) => boolean): string[] => [...new Set(paths.filter((path) => test(lastOf(path))).map(folderOf))];
  const marked = having((file) => marks.includes(file));
  const [meant, ...others] = uppermost(marked.length > 0 ? marked : having(isWeights));
  if (others.length > 0) {
    throw new ComdError(
      'checkpoint/missing-file', `The folder "${name}" holds several checkpoints: ${[meant, ...others].join(', ')}.`, 'Choose the folder of one of them.',
    );
  }
  const folder = meant ?? uppermost(having(() => true))[0];
  return new Map([...files].filter(([path]) => folderOf(path) === folder).map(([path, blob]) => [lastOf(path), blob]));
}

/** A checkpoint may keep others below it, as the states of a training run. */
function uppermost(folders: readonly string[]): string[] {
  const depth = (folder: string): number => folder.split('/').length;
  const least = Math.min(...folders.map(depth));
  return folders.filter((folder) => depth(folder) === least);
}

const folderOf = (path: string): string => path.replace(/[^/]*$/, '');
const lastOf = (path: string): string => path.replace(/^.*\//, '');
