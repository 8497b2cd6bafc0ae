/**
 * The text of a file, chunk by chunk. It guesses no encoding: UTF-16 where a byte order mark says so, UTF-8 otherwise, and
 * windows-1252 only where the user said so. A row that holds bytes which are none is told by a mark in its text.
 */
import { chunksOf } from './files';
import type { NamedFile } from './row';

/** How text without a byte order mark is read: only the user can say that it is windows-1252. */
export type Encoding = 'utf-8' | 'windows-1252';

/** Stands in the text for bytes that are not UTF-8. Unicode keeps this code point for a program's own use, so that no text has it. */
export const notUtf8 = '\ufdd0';

/** What is said of a row whose text holds that mark. */
export const notUtf8Reason = 'is not UTF-8 text; save the file as UTF-8, or say that it is windows-1252';

/** The text without its byte order mark. Throws `data/unreadable`. */
export async function* textOf(file: NamedFile, encoding: Encoding): AsyncGenerator<string> {
  const marked = markedEncoding(await file.slice(0, 3));
  const label = marked?.label ?? encoding;
  let text = label === 'utf-8' ? utf8Text(file) : decodedText(file, label);
  if (marked !== undefined) text = withoutMark(text);
  yield* text;
}

function markedEncoding([first, second, third]: Uint8Array): { label: string } | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return { label: 'utf-8' };
  if (first === 0xff && second === 0xfe) return { label: 'utf-16le' };
  if (first === 0xfe && second === 0xff) return { label: 'utf-16be' };
  return undefined;
}

async function* withoutMark(text: AsyncGenerator<string>): AsyncGenerator<string> {
  let first = true;
  for await (const part of text) {
    yield first ? part.slice(1) : part;
    first &&= part === '';
  }
}

async function* decodedText(file: NamedFile, label: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(label, { ignoreBOM: true });
  for await (const bytes of chunksOf(file)) yield decoder.decode(bytes, { stream: true });
  yield decoder.decode();
}

async function* utf8Text(file: NamedFile): AsyncGenerator<string> {
  let begun: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunksOf(file)) {
    const bytes = begun.length === 0 ? chunk : joined(begun, chunk);
    const whole = wholeLetters(bytes);
    begun = bytes.slice(whole);
    yield decodeUtf8(bytes.subarray(0, whole));
  }
  yield decodeUtf8(begun);
}

/** How many bytes there are before a letter that has only begun. */
function wholeLetters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
const replacement = '\ufffd';

/** Text of whole letters, with {@link notUtf8} for bytes that are none. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return betweenReplacements(bytes).map((part) => lenient.decode(part).replaceAll(replacement, notUtf8)).join(replacement);
  }
}

/** The bytes around each U+FFFD that the file itself holds, so that those the decoder puts in can be told apart from them. */
function betweenReplacements(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let start = 0;
  for (let at = bytes.indexOf(0xef); at >= 0; at = bytes.indexOf(0xef, at + 1)) {
    if (bytes[at + 1] !== 0xbf || bytes[at + 2] !== 0xbd) continue;
    parts.push(bytes.subarray(start, at));
    start = at + 3;
  }
  return [...parts, bytes.subarray(start)];
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
