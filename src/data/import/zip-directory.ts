/** The directory of a zip: where its entries lie. Layout: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16 and 4.5.3. */
import { unreadable } from './files';
import type { NamedFile } from './row';

export interface ZipEntry {
  name: string;
  /** Bytes unpacked, and as they lie in the zip. */
  size: number;
  packed: number;
  /** 0 as it is, 8 deflated; others are refused when the entry is read. */
  method: number;
  isEncrypted: boolean;
  /** Where its local header begins. */
  at: number;
}

/** The end record has 22 bytes and a comment of up to 65,535; the record that points to ZIP64's end is 20 bytes before it. */
const [endBytes, mostComment, locatorBytes] = [22, 0xffff, 20];
const [endMark, locatorMark, end64Mark, entryMark] = [0x06054b50, 0x07064b50, 0x06064b50, 0x02014b50];

/** All entries, folders among them, in the order of the directory. Throws `data/unreadable`. */
export async function zipEntries(zip: NamedFile): Promise<ZipEntry[]> {
  const { start, size, count } = await findDirectory(zip);
  if (start + size > zip.size) throw broken(zip);
  const bytes = await zip.slice(start, start + size);
  const entries: ZipEntry[] = [];
  try {
    for (let at = 0; entries.length < count;) {
      const { entry, length } = readEntry(bytes, at);
      entries.push(entry);
      at += length;
    }
  } catch (cause) {
    throw broken(zip, cause);
  }
  return entries;
}

async function findDirectory(zip: NamedFile): Promise<{ start: number; size: number; count: number }> {
  const from = Math.max(0, zip.size - endBytes - mostComment - locatorBytes);
  const view = viewOf(await zip.slice(from, zip.size));
  for (let at = view.byteLength - endBytes; at >= 0; at--) {
    if (view.getUint32(at, true) !== endMark || at + endBytes + view.getUint16(at + 20, true) !== view.byteLength) continue;
    const locator = at - locatorBytes;
    if (locator >= 0 && view.getUint32(locator, true) === locatorMark) return await directory64(zip, long(view, locator + 8));
    return { start: view.getUint32(at + 16, true), size: view.getUint32(at + 12, true), count: view.getUint16(at + 10, true) };
  }
  throw broken(zip);
}

async function directory64(zip: NamedFile, at: number): Promise<{ start: number; size: number; count: number }> {
  const view = viewOf(await zip.slice(at, at + 56));
  if (view.byteLength < 56 || view.getUint32(0, true) !== end64Mark) throw broken(zip);
  return { start: long(view, 48), size: long(view, 40), count: long(view, 32) };
}

/** Throws RangeError behind the end of the directory. */
function readEntry(bytes: Uint8Array<ArrayBuffer>, at: number): { entry: ZipEntry; length: number } {
  const view = viewOf(bytes);
  if (view.getUint32(at, true) !== entryMark) throw new RangeError(`no entry at byte ${at} of the directory`);
  const flags = view.getUint16(at + 8, true);
  const [nameBytes, extraBytes, commentBytes] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
  const name = decodeName(bytes.subarray(at + 46, at + 46 + nameBytes));
  const short = { size: view.getUint32(at + 24, true), packed: view.getUint32(at + 20, true), at: view.getUint32(at + 42, true) };
  const places = withLong(short, view, at + 46 + nameBytes, extraBytes);
  return {
    entry: { name, ...places, method: view.getUint16(at + 10, true), isEncrypted: (flags & 1) !== 0 },
    length: 46 + nameBytes + extraBytes + commentBytes,
  };
}

type Places = Pick<ZipEntry, 'size' | 'packed' | 'at'>;

/** ZIP64 writes what does not fit in 32 bits into the extra field 1, in this order. */
function withLong(short: Places, view: DataView, start: number, length: number): Places {
  const places = { ...short };
  for (let at = start; at + 4 <= start + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let from = at + 4;
    for (const field of ['size', 'packed', 'at'] as const) {
      if (short[field] !== 0xffffffff) continue;
      places[field] = long(view, from);
      from += 8;
    }
  }
  return places;
}

/** Names are UTF-8 in all zips of today; those of old ones serve to be shown. */
function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

const long = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

const viewOf = (bytes: Uint8Array<ArrayBuffer>): DataView<ArrayBuffer> => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function broken(zip: NamedFile, cause?: unknown): Error {
  return unreadable(zip.name, `the directory at the end of the zip (byte ${zip.size}) is missing or broken`, 'Download or pack the zip again: it may be cut short.', cause);
}
