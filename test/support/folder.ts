/**
 * A folder of files behind the `fetch` interface, so that the loader can be tested in Node without a server.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type Files = Map<string, Uint8Array<ArrayBuffer>>;

/** The files of `test/fixtures/<name>`. */
export function fixture(name: string): Files {
  const folder = fileURLToPath(new URL(`../fixtures/${name}/`, import.meta.url));
  return new Map(readdirSync(folder).map((file) => [file, new Uint8Array(readFileSync(folder + file))]));
}

/** A JSON file of the fixtures, as `llava-tiny/expected.json`. */
export function fixtureJson<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8')) as T;
}

/** Answers any address by its last part, whole or the range that is asked for, in pieces of 1000 bytes; 404 for what is not among the files. */
export function serving(files: Files): typeof fetch {
  return (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    const bytes = files.get(address.split('/').at(-1) ?? '');
    if (bytes === undefined) return Promise.resolve(new Response('not found', { status: 404 }));
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(new Headers(init?.headers).get('range') ?? '') ?? [];
    if (first === undefined) return Promise.resolve(new Response(inPieces(bytes, 1000), { headers: { 'content-length': `${bytes.length}` } }));
    const part = bytes.slice(Number(first), last ? Number(last) + 1 : undefined);
    if (part.length === 0) return Promise.resolve(new Response(null, { status: 416, headers: { 'content-range': `bytes */${bytes.length}` } }));
    const range = `bytes ${first}-${Number(first) + part.length - 1}/${bytes.length}`;
    return Promise.resolve(new Response(inPieces(part, 1000), { status: 206, headers: { 'content-range': range } }));
  };
}

/** A body that comes in pieces. */
export function inPieces(bytes: Uint8Array<ArrayBuffer>, size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

/** The files with one of them changed; the rest are shared. */
export function changed(files: Files, file: string, change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): Files {
  const bytes = files.get(file);
  if (bytes === undefined) throw new Error(`no ${file} among ${[...files.keys()].join(', ')}`);
  return new Map(files).set(file, change(bytes.slice()));
}

/** The files without one. */
export function without(files: Files, file: string): Files {
  return new Map([...files].filter(([name]) => name !== file));
}

export function jsonBytes(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}
