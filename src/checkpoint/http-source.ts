/**
 * The files of a checkpoint over HTTP, from a static host or a hub. A broken download goes on from where it broke; a
 * server that ignores ranges is read from the start again, and what was had is skipped. It keeps nothing.
 */
import { ComdError } from '../errors';
import { Attempt, type Patience, patience, Stumble, Tries } from './fetch-file';
import { type HubFile, nextPage, parseAddress, parseTree, treeAddress } from './hub';
import { missingFile, tooLong, tooShort } from './refusals';
import { longestText, type Source } from './source';
import { sameVersion, type Version, versionOf, versionWords } from './version';

/**
 * Browsers cut ranges out of a copy that they have cached, compressed as it came; and gigabytes that are kept elsewhere
 * would crowd out everything else there.
 */
const uncached: RequestInit = { cache: 'no-store' };
/** Pages of a hub's list that are followed, of 1,000 files each. */
const mostPages = 20;

/** Files at `url`: a folder on any host, a model on a hub or its short `org/name`, or one GGUF file (see `hub.ts`). */
export function httpSource(url: string, fetcher: typeof fetch = fetch, waiting: Patience = patience): HttpSource {
  return new HttpSource(url, fetcher, waiting);
}

export class HttpSource implements Source {
  readonly name: string;
  readonly place: string;
  readonly gguf?: string;
  readonly #query: string;
  readonly #fetcher: typeof fetch;
  readonly #patience: Patience;
  /** Where the files may lie; one is left as soon as a file was found. */
  #folders: readonly string[];
  /** Of each file whose bytes were asked for, the version that was met first. */
  readonly #versions = new Map<string, Version>();
  #listing: Promise<Map<string, HubFile> | undefined> | undefined;

  constructor(url: string, fetcher: typeof fetch, waiting: Patience) {
    const { name, folders, gguf, query } = parseAddress(url);
    this.name = name;
    this.place = url;
    if (gguf !== undefined) this.gguf = gguf;
    this.#query = query;
    this.#folders = folders;
    this.#fetcher = fetcher;
    this.#patience = waiting;
  }

  async list(): Promise<readonly string[] | undefined> {
    // Which of the folders it is shows with the first file that is found.
    if (this.#folders.length > 1) await this.#asked('config.json');
    const listing = await this.#hubFiles();
    return listing && [...listing.keys()];
  }

  async size(file: string): Promise<number | undefined> {
    return (await this.#hubFiles())?.get(file)?.bytes ?? (await this.#asked(file))?.total ?? this.#headSize(file);
  }

  async sha256(file: string): Promise<string | undefined> {
    return this.#versions.get(file)?.sha256 ?? (await this.#hubFiles())?.get(file)?.sha256;
  }

  async validator(file: string): Promise<string | undefined> {
    const version = await this.#asked(file);
    return version?.etag ?? version?.modified;
  }

  text(file: string): Promise<string | undefined> {
    return this.#tried(file, async (attempt) => {
      const response = await this.#request(file, { cache: 'no-cache' }, attempt);
      return response && readText(this.#address(file), response, attempt);
    });
  }

  async *bytes(file: string, begin: number, end?: number, signal?: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    const tries = new Tries(this.#address(file), this.#patience.pauses, signal);
    let at = begin;
    let broken = false;
    while (end === undefined || at < end) {
      const attempt = new Attempt(this.#patience.stall, signal);
      try {
        for await (const piece of this.#stream(file, at, end, broken, attempt)) {
          tries.progress();
          at += piece.length;
          yield piece;
        }
        if (end === undefined) return;
      } catch (cause) {
        broken = true;
        const of = end ?? this.#versions.get(file)?.total;
        await tries.again(cause, `${at - begin}${of === undefined ? '' : ` of ${of - begin}`} bytes received`);
      } finally {
        attempt.close();
      }
    }
  }

  /** What one request gives of `at` to `end`, which may be less where the server chooses so. */
  async *#stream(file: string, at: number, end: number | undefined, broken: boolean, attempt: Attempt): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    const response = await this.#range(file, at, end, broken, attempt);
    const { begin, end: limit } = this.#accepted(file, response, at, end);
    if (begin === limit) return;
    const whole = response.status === 200;
    let position = begin;
    for await (const piece of attempt.pieces(response)) {
      const fresh = piece.subarray(Math.max(0, at - position), Math.max(0, limit - position));
      position += piece.length;
      if (fresh.length > 0) yield fresh;
      // A whole file is dropped where the wanted part ends; nothing may follow what was announced as the part.
      if (position > limit && !(whole && limit === end)) throw this.#corrupt(file, `more bytes follow after byte ${limit}, where it should end`);
      if (position >= limit && whole) return;
    }
    if (position < limit && limit < Infinity) throw new Stumble(`the connection ended at byte ${position} of ${limit}`);
  }

  async #range(file: string, at: number, end: number | undefined, broken: boolean, attempt: Attempt): Promise<Response> {
    // Asked for as a range even when it is all of the file: a range is never sent compressed.
    const range = { Range: `bytes=${at}-${end === undefined ? '' : end - 1}` };
    const condition = broken && at > 0 ? this.#versions.get(file)?.strong : undefined;
    const response = await this.#conditional(file, range, condition, attempt);
    if (response === undefined) throw missingFile(this.#address(file));
    return response;
  }

  async #conditional(file: string, range: Record<string, string>, condition: string | undefined, attempt: Attempt): Promise<Response | undefined> {
    if (condition !== undefined) {
      try {
        return await this.#request(file, { ...uncached, headers: { ...range, 'If-Range': condition } }, attempt);
      } catch (cause) {
        // Another site's server may not allow this header; the version is compared with the answer's in any case.
        if (!(cause instanceof TypeError)) throw cause;
      }
    }
    return this.#request(file, { ...uncached, headers: range }, attempt);
  }

  /** The part of the file that the response holds. Refuses another version of the file, and a file that is too short. */
  #accepted(file: string, response: Response, at: number, end: number | undefined): { begin: number; end: number } {
    const version = versionOf(response);
    const before = this.#versions.get(file);
    if (before !== undefined && !sameVersion(before, version)) throw changed(this.#address(file), before, version);
    // Nothing is left: the file is empty, or broke off right at its end.
    if (response.status === 416 && version.total === at && end === undefined) return { begin: at, end: at };
    const needed = end ?? at;
    if (response.status === 416 || (version.total !== undefined && version.total < needed)) {
      throw tooShort(this.#address(file), needed, version.total === undefined ? 'fewer' : `${version.total}`);
    }
    this.#versions.set(file, before ?? version);
    if (response.status !== 206) return { begin: 0, end: end ?? version.total ?? Infinity };
    const part = version.part ?? { begin: at, end: end ?? Infinity };
    if (part.begin !== at || part.end <= at || part.end > (end ?? Infinity)) {
      throw this.#corrupt(file, `bytes ${at} to ${end ?? 'the end'} were asked for, but the server answered ${part.begin} to ${part.end}`);
    }
    return part;
  }

  #corrupt(file: string, what: string): ComdError {
    return new ComdError('checkpoint/corrupt', `${this.#address(file)}: ${what}.`, 'Fetch or export the file again; the copy on the server is incomplete or mixed up.');
  }

  #address(file: string): string {
    return `${this.#folders[0]}/${encodeURIComponent(file)}${this.#query}`;
  }

  /** Undefined where no folder has the file. The first failure counts where no folder answers with it. */
  async #request(file: string, init: RequestInit, attempt: Attempt): Promise<Response | undefined> {
    let failure: unknown;
    for (const folder of this.#folders) {
      try {
        const response = await attempt.request(`${folder}/${encodeURIComponent(file)}${this.#query}`, this.#fetcher, init);
        if (response === undefined) continue;
        this.#folders = [folder];
        return response;
      } catch (cause) {
        failure ??= cause;
      }
    }
    if (failure !== undefined) throw failure;
    return undefined;
  }

  async #tried<T>(file: string, use: (attempt: Attempt) => Promise<T>): Promise<T> {
    const tries = new Tries(this.#address(file), this.#patience.pauses);
    for (;;) {
      const attempt = new Attempt(this.#patience.stall);
      try {
        return await use(attempt);
      } catch (cause) {
        await tries.again(cause);
      } finally {
        attempt.close();
      }
    }
  }

  /** The version of the file, asked for by its first byte unless it is known. Undefined where there is no such file. */
  #asked(file: string): Promise<Version | undefined> {
    return this.#tried(file, async (attempt) => {
      const known = this.#versions.get(file);
      if (known !== undefined) return known;
      const response = await this.#request(file, { ...uncached, headers: { Range: 'bytes=0-0' } }, attempt);
      if (response !== undefined) this.#versions.set(file, versionOf(response));
      return this.#versions.get(file);
    });
  }

  /** Of another site's file the range may be hidden, while its length is not. Some hosts allow no HEAD. */
  async #headSize(file: string): Promise<number | undefined> {
    if (!this.#versions.has(file)) return undefined;
    const response = await this.#tried(file, (attempt) => this.#request(file, { ...uncached, method: 'HEAD' }, attempt)).catch(() => undefined);
    return response && versionOf(response).total;
  }

  /** Asked once. A hub that does not tell is no error: nothing depends on it. */
  async #hubFiles(): Promise<Map<string, HubFile> | undefined> {
    const address = this.#folders.length === 1 ? treeAddress(this.#folders[0] as string) : undefined;
    if (address === undefined) return undefined;
    this.#listing ??= this.#listed(address).catch(() => undefined);
    return this.#listing;
  }

  /** Page by page. A list that cannot be had whole is none: what is not on it would pass for missing. */
  async #listed(address: string): Promise<Map<string, HubFile> | undefined> {
    const files: [string, HubFile][] = [];
    let next = address;
    for (let page = 0; page < mostPages; page++) {
      const attempt = new Attempt(this.#patience.stall);
      try {
        const response = await attempt.request(next, this.#fetcher, {});
        if (response === undefined) return undefined;
        files.push(...parseTree(JSON.parse(await readText(next, response, attempt))));
        const link = nextPage(response.headers.get('link'));
        if (link === undefined) return new Map(files);
        if (!link.startsWith(`${address}?`)) return undefined;
        next = link;
      } finally {
        attempt.close();
      }
    }
    return undefined;
  }
}

async function readText(address: string, response: Response, attempt: Attempt): Promise<string> {
  const { total = 0 } = versionOf(response);
  if (total > longestText) throw tooLong(address, `${total} bytes`);
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const piece of attempt.pieces(response)) {
    bytes += piece.length;
    if (bytes > longestText) throw tooLong(address, `more than ${longestText}`);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}

function changed(address: string, before: Version, now: Version): ComdError {
  return new ComdError(
    'checkpoint/changed',
    `${address} changed on the server while it was being read: it was ${versionWords(before)} and is ${versionWords(now)}.`,
    'Load the checkpoint again from the start.',
  );
}
