/**
 * Reads somebody's own data: recognises what was given and streams its rows. Pictures are named, not opened; finding
 * and checking them is the business of `pictures.ts` and `picture-check.ts`.
 */
import { cocoRows } from './coco';
import { csvRows } from './csv';
import { unreadable } from './files';
import { formatOf, type Given, type Table } from './format';
import { jsonLinesRows, jsonListRows } from './json';
import { parquetRows } from './parquet';
import type { Imported, NamedFile } from './row';
import { SeenIds } from './seen-ids';
import type { Encoding } from './text';

/**
 * The rows of every file of rows among `files` (zips are opened), file by file as they were given, in memory that does not
 * grow with the files (but for some 16 bytes an id, and one name a picture of COCO). Where no file holds rows, each picture is a row.
 * @param encoding of text that has no byte order mark
 * Throws `data/unreadable`, naming file and position, for a file that is of no known format, and where there is neither a row
 * nor a picture. A row is never thrown for: it is yielded as a fault.
 */
export async function* readRows(files: readonly NamedFile[], encoding: Encoding = 'utf-8'): AsyncGenerator<Imported> {
  const given = await formatOf(files, encoding);
  if (given.tables.length === 0) yield* pictureRows(given);
  const seen = new SeenIds();
  for (const table of given.tables) yield* tableRows(table, encoding, seen);
}

function tableRows({ file, kind }: Table, encoding: Encoding, seen: SeenIds): AsyncGenerator<Imported> {
  switch (kind) {
    case 'json': return jsonListRows(file, encoding, seen);
    case 'jsonl': return jsonLinesRows(file, encoding, seen);
    case 'coco': return cocoRows(file, encoding, seen);
    case 'csv': return csvRows(file, encoding, seen);
    case 'parquet': return parquetRows(file, seen);
  }
}

function* pictureRows({ pictures, others }: Given): Generator<Imported> {
  if (pictures.length === 0) throw nothing(others);
  for (const [i, { name }] of pictures.entries()) yield { row: { file: name, row: i + 1, id: name, image: name, caption: null, exchanges: [] } };
}

function nothing(others: readonly NamedFile[]): Error {
  const [first] = others;
  const name = first?.name ?? 'what was given';
  return unreadable(
    name,
    first === undefined ? 'there is no file in it' : 'from its first byte on it is neither a picture nor rows of a format that is known',
    'Give LLaVA JSON or JSONL, COCO captions, CSV with the header image, question, answer, Parquet, or pictures (PNG, JPEG, WebP, GIF, AVIF, BMP).',
  );
}
