/**
 * The files of one checkpoint folder over HTTP: JSON, text, a shard's header alone, a whole shard. It does not know
 * which files there should be (`open.ts`) nor what the tensors are for.
 */
import { ComdError } from '../errors';
import { fetchFile, missingFile, pump } from './fetch-file';
import { parseJson } from './json';
import { type Header, headerEnd, parseHeader } from './safetensors';

/** The files of one checkpoint by name. */
export class Folder {
  readonly url: string;
  readonly #fetcher: typeof fetch;

  constructor(url: string, fetcher: typeof fetch) {
    this.url = url;
    this.#fetcher = fetcher;
  }

  async json(file: string): Promise<unknown> {
    const json = await this.optionalJson(file);
    if (json === undefined) throw missingFile(`${this.url}/${file}`);
    return json;
  }

  /** Undefined where the server lacks the file. */
  async optionalJson(file: string): Promise<unknown> {
    const text = await this.optionalText(file);
    if (text === undefined) return undefined;
    try {
      return parseJson(text);
    } catch (cause) {
      throw new ComdError('checkpoint/corrupt', `${this.url}/${file} is not JSON.`, 'Fetch the file again; it may be truncated.', { cause });
    }
  }

  optionalText(file: string): Promise<string | undefined> {
    return fetchFile(`${this.url}/${file}`, this.#fetcher, (response) => response.text());
  }

  /** The header alone: the download is dropped as soon as it is complete. */
  header(file: string): Promise<Header> {
    return this.#shard(file, async (response) => {
      let bytes = new Uint8Array(0);
      await pump(response, (piece) => {
        bytes = joined(bytes, piece);
        return bytes.length >= 8 && bytes.length >= headerEnd(file, bytes);
      });
      return parseHeader(file, bytes);
    });
  }

  /** The whole shard, which must be exactly `total` bytes long. */
  body(file: string, total: number, onLoaded: (loaded: number) => void): Promise<Uint8Array<ArrayBuffer>> {
    return this.#shard(file, async (response) => {
      const bytes = new Uint8Array(total);
      let loaded = 0;
      await pump(response, (piece) => {
        if (loaded + piece.length <= total) bytes.set(piece, loaded);
        loaded += piece.length;
        onLoaded(Math.min(loaded, total));
        return loaded > total;
      });
      if (loaded !== total) throw wrongLength(file, total, loaded);
      return bytes;
    });
  }

  async #shard<T>(file: string, use: (response: Response) => Promise<T>): Promise<T> {
    const result = await fetchFile(`${this.url}/${file}`, this.#fetcher, use);
    if (result === undefined) throw missingFile(`${this.url}/${file}`);
    return result;
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

function wrongLength(file: string, total: number, loaded: number): ComdError {
  const found = loaded < total ? `it ends after ${loaded}` : 'more follow';
  return new ComdError(
    'checkpoint/corrupt',
    `${file} must be ${total} bytes long by its header, but ${found}.`,
    'Fetch the file again; the copy is incomplete or mixed up with another.',
  );
}
