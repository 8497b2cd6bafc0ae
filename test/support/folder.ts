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

/** Answers any address by its last part, in pieces of 1000 bytes; 404 for what is not among the files. */
export function serving(files: Files): typeof fetch {
  return (input) => {
    const address = input instanceof Request ? input.url : String(input);
    const bytes = files.get(address.split('/').at(-1) ?? '');
    return Promise.resolve(bytes === undefined ? new Response('not found', { status: 404 }) : new Response(inPieces(bytes, 1000)));
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

export interface StoredImage {
  width: number;
  height: number;
  /** Base64. */
  rgba: string;
}

/** An image of a fixture as pixels. */
export function toPixels({ width, height, rgba }: StoredImage): { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> } {
  return { width, height, data: new Uint8ClampedArray(Buffer.from(rgba, 'base64')) };
}
