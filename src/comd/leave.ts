/**
 * What a run leaves, as one zip: report.json, report.html, student/, and pools/ in LLaVA's format with the images they
 * name. A run that has not finished leaves its pools alone.
 */
import { zipSync, type Zippable } from 'fflate';
import { encodePng } from '../data/encode-png';
import { exportPool } from '../data/llava';
import type { DataSet } from '../data/types';
import { hash } from '../random';
import type { Ledger } from '../pools/ledger';
import { studentFilesKey } from './cycle';
import type { Report } from './report';
import { type ByteStore, runFolder } from './student';

/** PNG and shards do not shrink: their entries are stored as they are. */
const stored = { level: 0 } as const;
/** A fixed time, the first that zip can say, so that the same run leaves the same bytes. */
const epoch = new Date(1980, 0, 1);

/** The zip; `html` draws the report as a page. */
export async function leave(
  ledger: Ledger, data: DataSet, store: ByteStore, report: Report | null, html: (report: Report) => string,
): Promise<Uint8Array<ArrayBuffer>> {
  const files: Zippable = { ...(await poolFiles(ledger, data)) };
  if (report) {
    files['report.json'] = text(`${JSON.stringify(report, null, 2)}\n`);
    files['report.html'] = text(html(report));
    Object.assign(files, await studentFiles(ledger, store));
  }
  return zipSync(files, { mtime: epoch }) as Uint8Array<ArrayBuffer>;
}

/** The file of an image within a pool: its name where that can be a file's, else made so and told apart by a hash. */
export function imageFile(image: string): string {
  const plain = image.replace(/[^\w.-]+/g, '_').slice(0, 100);
  return plain === image ? `${image}.png` : `${plain}-${hash(image).toString(16).padStart(8, '0')}.png`;
}

/** The image that a pool names by `file`: of that very name where `has` knows one, else of the name that {@link imageFile} extends. */
export function imageOf(file: string, has: (image: string) => boolean): string {
  return has(file) ? file : file.replace(/\.png$/, '');
}

async function poolFiles(ledger: Ledger, data: DataSet): Promise<Zippable> {
  const [tuning, cache] = [await ledger.pool('tuning'), await ledger.pool('cache')];
  const files: Zippable = {
    'pools/tuning.json': text(exportPool(tuning, imageFile)),
    'pools/cache.json': text(exportPool(cache, imageFile)),
  };
  const images = new Set([...tuning, ...cache].map((record) => record.image).filter((image) => image !== ''));
  for (const image of images) files[`pools/images/${imageFile(image)}`] = [encodePng(await data.pixels(image)), stored];
  return files;
}

async function studentFiles(ledger: Ledger, store: ByteStore): Promise<Zippable> {
  const names = ledger.mark<string[]>(studentFilesKey)?.result ?? [];
  const files: Zippable = {};
  for (const name of names) {
    const bytes = await store.get(`${runFolder(ledger.run)}saved/${name}`);
    if (bytes) files[`student/${name}`] = [bytes, stored];
  }
  return files;
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
