/**
 * An own data set as one zip that can be taken in again: its rows, its captions, its pictures. The rows are written piece by piece;
 * the pictures stay where the browser has them, and the zip refers to them.
 */
import type { ArchiveFormat, OwnSet } from '../../../workers/data-protocol';
import { csvText } from '../../data/export/csv';
import { GrowingZip, longestZip, mostEntries } from '../../data/export/growing-zip';
import { llavaLines, llavaList } from '../../data/export/llava';
import type { InstructionRecord } from '../../data/types';
import { ComdError } from '../../errors';
import { ofSet, type OwnDatabase } from './database';
import { rowsInOrder } from './store';

/** What the zip takes beside a picture, at most. */
const frameBytes = 512;

const imageFile = (image: string): string => `images/${image}`;
const writers = {
  llava: { file: 'records.json', write: llavaList },
  jsonl: { file: 'records.jsonl', write: llavaLines },
  csv: { file: 'records.csv', write: csvText },
} as const;

/** Held-out rows are among the others: taken in again, the same content is held out again. Throws `data/unreadable` above what a zip can hold. */
export async function archiveOf(database: OwnDatabase, set: OwnSet, format: ArchiveFormat): Promise<File> {
  refuseLong(set);
  const zip = new GrowingZip();
  const { file, write } = writers[format];
  if (set.counts.records + set.counts.tests > 0) await zip.text(file, write(records(database, set.id), imageFile));
  await zip.text('captions.csv', captions(database, set.id));
  for (const key of await database.getAllKeys('pictures', ofSet(set.id))) {
    const picture = await database.get('pictures', key);
    if (picture !== undefined) await zip.blob(imageFile(picture.image), picture.bytes);
  }
  return new File([zip.end()], `${set.id}.zip`, { type: 'application/zip' });
}

async function* records(database: OwnDatabase, set: string): AsyncGenerator<InstructionRecord> {
  for (const kind of ['record', 'test'] as const) {
    for await (const { rowId, image, instruction, answer } of rowsInOrder(database, set, kind)) {
      yield { id: rowId, image, instruction, answer, source: 'dataset', iteration: 0 };
    }
  }
}

/** Nothing where there are no captions. */
async function* captions(database: OwnDatabase, set: string): AsyncGenerator<string> {
  let head = 'id,image,caption\r\n';
  for (const kind of ['pair', 'aside'] as const) {
    for await (const { rowId, image, caption } of rowsInOrder(database, set, kind)) {
      yield `${head}${[rowId, imageFile(image), caption].map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\r\n`;
      head = '';
    }
  }
}

function refuseLong({ name, bytes, counts: { pictures } }: OwnSet): void {
  const whole = bytes + pictures * frameBytes;
  if (whole <= longestZip && pictures + 2 <= mostEntries) return;
  throw new ComdError(
    'data/unreadable',
    `"${name}" has ${pictures.toLocaleString('en')} pictures of ${(bytes / 1e9).toFixed(1)} GB; a zip holds 65,533 pictures and 4.3 GB.`,
    'Keep the files that it was taken from.',
  );
}
