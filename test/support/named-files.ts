/** Files as a picker or a zip gives them, made from text or from a source that counts what is pulled. */
import { bytesFile } from '../../src/data/import/files';
import { readRows } from '../../src/data/import/read';
import type { Imported, ImportedRow, NamedFile, RowFault } from '../../src/data/import/row';
import type { Encoding } from '../../src/data/import/text';

/** A file of UTF-8 text, whose stream gives `chunk` bytes at a time. */
export function textFile(name: string, text: string, chunk = 2 ** 16): NamedFile {
  return inChunks(bytesFile(name, new TextEncoder().encode(text)), chunk);
}

/** The same file with a stream of small chunks. */
export function inChunks(file: NamedFile, chunk: number): NamedFile {
  return {
    ...file,
    stream: () => {
      let at = 0;
      return new ReadableStream({
        async pull(controller) {
          if (at >= file.size) return controller.close();
          controller.enqueue(await file.slice(at, at + chunk));
          at += chunk;
        },
      }, { highWaterMark: 0 });
    },
  };
}

/** A file of `count` parts that are made when they are pulled; `pulled` tells how many have been, in the stream that has come furthest. */
export function madeFile(name: string, count: number, part: (index: number) => string): NamedFile & { pulled(): number } {
  const encoder = new TextEncoder();
  let furthest = 0;
  const bytes = (index: number) => encoder.encode(part(index));
  return {
    name,
    // A row of every part is as long as the first, near enough for a size.
    size: bytes(1).length * count,
    slice: async (start, end) => {
      const head: number[] = [];
      for (let index = 0; head.length < end && index < count; index++) head.push(...bytes(index));
      return Uint8Array.from(head.slice(start, end));
    },
    stream: () => {
      let index = 0;
      return new ReadableStream({
        pull(controller) {
          if (index >= count) return controller.close();
          controller.enqueue(bytes(index++));
          furthest = Math.max(furthest, index);
        },
      }, { highWaterMark: 0 });
    },
    pulled: () => furthest,
  };
}

export async function gather(imported: AsyncIterable<Imported>): Promise<{ rows: ImportedRow[]; faults: RowFault[] }> {
  const rows: ImportedRow[] = [];
  const faults: RowFault[] = [];
  for await (const { row, fault } of imported) {
    if (fault === undefined) rows.push(row);
    else faults.push(fault);
  }
  return { rows, faults };
}

export async function readAll(files: readonly NamedFile[], encoding?: Encoding): Promise<{ rows: ImportedRow[]; faults: RowFault[] }> {
  return gather(readRows(files, encoding));
}
