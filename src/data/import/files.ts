/**
 * What a picker or a drop gives, as files that are read in slices. It knows no format.
 */
import { ComdError } from '../../errors';
import type { NamedFile } from './row';

type Bytes = Uint8Array<ArrayBuffer>;

/** A file of the browser; a picked folder gives its files their paths in `webkitRelativePath`, and a drop may give its own. */
export function namedFile(file: File, name = file.webkitRelativePath || file.name): NamedFile {
  return {
    name,
    size: file.size,
    slice: async (start, end) => {
      try {
        return new Uint8Array(await file.slice(start, end).arrayBuffer());
      } catch (cause) {
        throw unreadable(name, 'the browser could not read it', 'Look whether it has been moved or changed since you chose it, and choose it again.', cause);
      }
    },
    stream: () => file.stream(),
  };
}

/** Bytes that are in memory, as a file. */
export function bytesFile(name: string, bytes: Bytes): NamedFile {
  return {
    name,
    size: bytes.length,
    slice: (start, end) => Promise.resolve(bytes.slice(start, end)),
    stream: () => new Blob([bytes]).stream(),
  };
}

/** The bytes of a file, chunk by chunk; the stream is let go when the reader stops early. Throws `data/unreadable`. */
export async function* chunksOf(file: NamedFile): AsyncGenerator<Bytes> {
  const reader = file.stream().getReader();
  try {
    for (let part = await next(reader, file.name); !part.done; part = await next(reader, file.name)) yield part.value;
  } finally {
    // Of a stream that has failed, this fails too, and the failure has been told.
    await reader.cancel().catch(() => undefined);
  }
}

async function next(reader: ReadableStreamDefaultReader<Bytes>, name: string): Promise<ReadableStreamReadResult<Bytes>> {
  try {
    return await reader.read();
  } catch (cause) {
    if (cause instanceof ComdError) throw cause;
    throw unreadable(name, 'the browser could not read it', 'Look whether it has been moved or changed since you chose it, and choose it again.', cause);
  }
}

/** The path of a file or of a picture that a row names, in one spelling: `/` between folders, no `./`, composed letters. */
export function tidyPath(path: string): string {
  return path.normalize('NFC').replaceAll('\\', '/').split('/').filter((part) => part !== '' && part !== '.').join('/');
}

/** A file that cannot be read: `what` goes on from its name. */
export function unreadable(name: string, what: string, remedy: string, cause?: unknown): ComdError {
  return new ComdError('data/unreadable', `"${name}" cannot be read: ${what}.`, remedy, { cause });
}
