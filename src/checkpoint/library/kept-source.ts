/** A kept model as a source: its files are read where they lie, also without a network. */
import { ComdError } from '../../errors';
import { filesSource } from '../files-source';
import { checksumsFile } from '../layout';
import type { Source } from '../source';
import type { ModelDisk } from './disk';
import { cut, gone } from './failures';
import { opfsDisk } from './opfs';
import { openKept, storedName } from './record';

/**
 * The files of the kept model `id`. It gives no hashes: they were checked when it was kept, and `verify` checks them
 * again, so that a load need not; a `checksums.json` among the files is not shown for the same reason. Throws `checkpoint/missing-file` and `checkpoint/corrupt` where the browser cleared
 * something of it.
 */
export async function keptSource(id: string, disk: ModelDisk = opfsDisk()): Promise<Source> {
  const { folder, record } = await openKept(disk, id);
  const files = new Map<string, File>();
  for (const { file, bytes } of record.files) {
    const stored = await folder.file(storedName(record.generation, file));
    if (stored === undefined) throw gone(`${file} of "${record.name}"`);
    if (stored.size !== bytes) throw cut(file, bytes, stored.size);
    files.set(file, stored);
  }
  const source = filesSource(record.name, files);
  return {
    name: record.name,
    place: `the kept model "${record.name}"`,
    gguf: record.family === 'gguf' ? record.files[0]?.file : undefined,
    list: () => source.list(),
    size: (file) => source.size(file),
    text: (file) => file === checksumsFile ? Promise.resolve(undefined) : orGone(file, source.text(file)),
    async *bytes(file, begin, end, signal) {
      const pieces = source.bytes(file, begin, end, signal)[Symbol.asyncIterator]();
      try {
        for (let next = await orGone(file, pieces.next()); next.done !== true;) {
          // What the reader gives back is read into again.
          const spent: unknown = yield next.value;
          next = await orGone(file, pieces.next(spent));
        }
      } finally {
        await pieces.return?.();
      }
    },
    sha256: () => Promise.resolve(undefined),
    validator: async (file) => record.files.find((kept) => kept.file === file)?.sha256,
  };
}

/** A model can be removed, in another tab or by the browser, while it is read. */
async function orGone<T>(file: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    const origin = cause instanceof ComdError ? cause.cause : cause;
    throw origin instanceof DOMException && (origin.name === 'NotFoundError' || origin.name === 'NotReadableError') ? gone(file, cause) : cause;
  }
}
