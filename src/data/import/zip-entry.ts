/** The bytes of one entry of a zip, unpacked as they are read. */
import { unreadable } from './files';
import type { NamedFile } from './row';
import type { ZipEntry } from './zip-directory';

type Bytes = Uint8Array<ArrayBuffer>;

/** So much of a zip is read at once. */
const chunkBytes = 2 ** 18;
const localBytes = 30;
const repack = 'Pack the zip again without a password, with the usual method (deflate), or unpack it and choose the folder.';

/**
 * An entry as a file named `zip/entry`. A slice of a deflated entry is unpacked from its start each time, so that slices are for what
 * is short or near the start. Reading throws `data/unreadable`: an entry that is encrypted, packed by another method, or broken.
 */
export function entryFile(zip: NamedFile, entry: ZipEntry): NamedFile {
  const name = `${zip.name}/${entry.name}`;
  const stream = () => streamOf(entryBytes(zip, entry, name));
  return {
    name,
    size: entry.size,
    stream,
    slice: (start, end) => (entry.method === 0 ? storedSlice(zip, entry, name, start, end) : unpackedSlice(stream(), start, Math.min(end, entry.size))),
  };
}

async function storedSlice(zip: NamedFile, entry: ZipEntry, name: string, start: number, end: number): Promise<Bytes> {
  const data = await dataStart(zip, entry, name);
  return await zip.slice(data + start, data + Math.max(start, Math.min(end, entry.size)));
}

async function unpackedSlice(stream: ReadableStream<Bytes>, start: number, end: number): Promise<Bytes> {
  const slice = new Uint8Array(Math.max(0, end - start));
  let at = 0;
  for await (const chunk of partsOf(stream)) {
    const part = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
    slice.set(part, Math.max(0, at - start));
    at += chunk.length;
    if (at >= end) break;
  }
  return slice;
}

/** The entry's bytes; throws where they are fewer or more than the directory says, which also ends a bomb. */
async function* entryBytes(zip: NamedFile, entry: ZipEntry, name: string): AsyncGenerator<Bytes> {
  const data = await dataStart(zip, entry, name);
  const packed = streamOf(packedBytes(zip, data, data + entry.packed));
  let size = 0;
  try {
    for await (const chunk of partsOf(entry.method === 0 ? packed : packed.pipeThrough<Bytes>(new DecompressionStream('deflate-raw')))) {
      size += chunk.length;
      if (size > entry.size) break;
      yield chunk;
    }
  } catch (cause) {
    throw unreadable(name, `it cannot be unpacked (byte ${size} of ${entry.size})`, 'The zip is damaged: pack or download it again.', cause);
  }
  if (size !== entry.size) throw unreadable(name, `the zip says that it has ${entry.size} bytes, and it has ${size > entry.size ? 'more' : size}`, 'The zip is damaged: pack or download it again.');
}

async function* packedBytes(zip: NamedFile, start: number, end: number): AsyncGenerator<Bytes> {
  for (let at = start; at < end; at += chunkBytes) yield await zip.slice(at, Math.min(end, at + chunkBytes));
}

/** Where the bytes begin: behind the local header, whose lengths can differ from the directory's. */
async function dataStart(zip: NamedFile, { at, method, isEncrypted }: ZipEntry, name: string): Promise<number> {
  if (isEncrypted) throw unreadable(name, 'it is encrypted', repack);
  if (method !== 0 && method !== 8) throw unreadable(name, `it is packed by method ${method}`, repack);
  const header = await zip.slice(at, at + localBytes);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (header.length < localBytes || view.getUint32(0, true) !== 0x04034b50) throw unreadable(name, `no entry begins at byte ${at} of the zip`, 'The zip is damaged: pack or download it again.');
  return at + localBytes + view.getUint16(26, true) + view.getUint16(28, true);
}

/** Pulled, never ahead of its reader. */
function streamOf(parts: AsyncGenerator<Bytes>): ReadableStream<Bytes> {
  return new ReadableStream<Bytes>({
    async pull(controller) {
      const { value, done } = await parts.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await parts.return(undefined);
    },
  }, { highWaterMark: 0 });
}

async function* partsOf(stream: ReadableStream<Bytes>): AsyncGenerator<Bytes> {
  const reader = stream.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
