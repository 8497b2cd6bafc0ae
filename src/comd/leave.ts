/**
 * What a run leaves, as one zip: report.json, report.html, student/, and pools/ in LLaVA's format with the images they
 * name. A run that has not finished leaves its pools alone.
 */
import { encodePng } from '../data/encode-png';
import { GrowingZip } from '../data/export/growing-zip';
import { llavaList } from '../data/export/llava';
import type { DataSet } from '../data/types';
import { hash } from '../random';
import type { Ledger } from '../pools/ledger';
import type { RunRow } from '../pools/rows';
import { studentFilesKey } from './cycle';
import { eachTuned } from './method-pools';
import type { Report } from './report';
import { type ByteStore, runFolder } from './student';

/** A zip holds 65,535 files; some of them are no images. */
const mostImages = 60_000;

/** The zip; `html` draws the report as a page. Throws `data/unreadable` where it would be larger than a zip can be. */
export async function leave(
  ledger: Ledger, { settings, report }: Pick<RunRow, 'settings' | 'report'>, data: DataSet, store: ByteStore, html: (report: Report) => string,
): Promise<Blob> {
  const zip = new GrowingZip();
  if (report) {
    await zip.text('report.json', [`${JSON.stringify(report, null, 2)}\n`]);
    await zip.text('report.html', [html(report)]);
    await addStudent(zip, ledger, store);
  }
  await zip.text('pools/tuning.json', llavaList(eachTuned(ledger.pool, settings), imageFile));
  await zip.text('pools/cache.json', llavaList(ledger.pool.each(), imageFile));
  await addImages(zip, ledger, data, mostImages);
  return zip.end();
}

/** The file of an image within a pool: its name where that can be a file's, else made so and told apart by a hash. */
export function imageFile(image: string): string {
  const plain = image.replace(/[^\w.-]+/g, '_').slice(0, 100);
  return plain === image ? `${image}.png` : `${plain}-${hash(image).toString(16).padStart(8, '0')}.png`;
}

/** The image that a pool names by `file`: of that very name where `data` has one, else of the name that {@link imageFile} extends; null where it has neither. */
export async function imageOf(file: string, data: DataSet): Promise<string | null> {
  for (const name of new Set([file, file.replace(/\.png$/, '')])) if (await data.has(name)) return name;
  return null;
}

/** The images that the records are about, in their order, at most so many; a note says what was left out. */
export async function addImages(zip: GrowingZip, ledger: Ledger, data: DataSet, most: number): Promise<void> {
  let [added, leftOut] = [0, 0];
  for await (const image of ledger.pool.images()) {
    if (image === '') continue;
    if (added < most) zip.bytes(`pools/images/${imageFile(image)}`, encodePng(await data.pixels(image)));
    if (added < most) added++;
    else leftOut++;
  }
  if (leftOut === 0) return;
  await zip.text('pools/images-left-out.txt', [`${leftOut} of ${added + leftOut} images are not here, since a zip cannot hold as many files. The data set "${data.name}" has them.\n`]);
}

async function addStudent(zip: GrowingZip, ledger: Ledger, store: ByteStore): Promise<void> {
  for (const name of ledger.mark<string[]>(studentFilesKey)?.result ?? []) {
    const bytes = await store.get(`${runFolder(ledger.run)}saved/${name}`);
    if (bytes) zip.bytes(`student/${name}`, bytes);
  }
}
