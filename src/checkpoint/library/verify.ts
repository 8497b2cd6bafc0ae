/** Reads a kept model whole and compares it with its record. */
import type { KeepProgress } from '../../../workers/protocol';
import { createHasher } from '../sha256';
import type { ModelDisk } from './disk';
import { cut, gone, mismatch } from './failures';
import { hashBlob } from './hashed-file';
import { Meter } from './progress';
import { openKept, storedName } from './record';

/** Throws `checkpoint/missing-file`, and `checkpoint/corrupt` naming the file, what was expected and what is there. */
export async function verifyKept(disk: ModelDisk, id: string, tell: (progress: KeepProgress) => void): Promise<void> {
  const { folder, record } = await openKept(disk, id);
  const meter = new Meter(tell);
  meter.expect(record.files.reduce((sum, { bytes }) => sum + bytes, 0));
  for (const { file, bytes, sha256 } of record.files) {
    const stored = await folder.file(storedName(record.generation, file));
    if (stored === undefined) throw gone(`${file} of "${record.name}"`);
    if (stored.size !== bytes) throw cut(file, bytes, stored.size);
    const hasher = await createHasher();
    await hashBlob(hasher, stored, (hashed) => meter.moved(file, hashed, bytes));
    const found = hasher.hex();
    if (found !== sha256) {
      throw mismatch(file, `SHA-256 ${sha256}`, found, 'The stored file is damaged: remove the model from the library and keep it again.');
    }
  }
}
