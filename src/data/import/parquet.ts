/**
 * Rows of Parquet as the hub's data sets have them: pictures as a struct of bytes and path, with a question and its answer, a caption,
 * or conversations. One group of rows is in memory at a time, and of it only the columns that are read.
 */
import type { AsyncBuffer, Compressors, FileMetaData, RowGroup } from 'hyparquet';
import { columnsOf, isUseful } from './columns';
import { bytesFile, unreadable } from './files';
import { embeddedPicture } from './embedded';
import type { Imported, NamedFile, RowPlace } from './row';
import type { SeenIds } from './seen-ids';
import { refuse, takeColumns, takeValue } from './take-row';
import { decodeUtf8, notUtf8, notUtf8Reason } from './text';

/** More than this cannot be unpacked in a tab beside a model. */
const mostGroupBytes = 2 ** 30;

/** Columns that hold lists of turns: LLaVA's, and those of The Cauldron's `texts`. */
type Turns = 'conversations' | 'texts';

interface Table {
  file: NamedFile;
  metadata: FileMetaData;
  compressors: Compressors | undefined;
  /** The columns that are read, and those that are not. */
  read: string[];
  ignored: string[];
  turns: Turns | undefined;
  pictures: 'image' | 'images' | undefined;
}

/** Rows counted from 1. Throws `data/unreadable` where the file is no Parquet, has no column that is known, or too large a group of rows. */
export async function* parquetRows(file: NamedFile, seen: SeenIds): AsyncGenerator<Imported> {
  const table = await openTable(file);
  let start = 0;
  for (const group of table.metadata.row_groups) {
    const end = start + Number(group.num_rows);
    refuseLarge(table, group, start);
    yield* groupRows(table, start, end, seen);
    start = end;
  }
}

async function openTable(file: NamedFile): Promise<Table> {
  const { parquetMetadataAsync, parquetSchema } = await import('hyparquet');
  let metadata: FileMetaData;
  try {
    metadata = await parquetMetadataAsync(bufferOf(file));
  } catch (cause) {
    throw unreadable(file.name, `the directory at the end of the Parquet file (byte ${file.size}) is missing or broken`, 'Download the file again: it may be cut short.', cause);
  }
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const turns = (['conversations', 'texts'] as const).find((name) => names.includes(name));
  const columns = columnsOf(names);
  const pictures = columns.held.image === 'image' ? 'image' : names.includes('images') ? 'images' : undefined;
  if (turns === undefined && !isUseful(columns) && pictures === undefined) {
    throw unreadable(file.name, `none of its columns is known (${names.slice(0, 12).join(', ')})`, 'Name the columns image, question, answer, or image, caption, or image, conversations.');
  }
  const wanted = turns === undefined ? Object.values(columns.held) : [columns.held.id, columns.held.image, turns];
  const read = [...new Set([...wanted, pictures].filter((name) => name !== undefined))];
  const compressors = await compressorsFor(metadata);
  return { file, metadata, compressors, read, ignored: names.filter((name) => !read.includes(name)), turns, pictures };
}

/** The library's own unpacks Snappy alone. */
async function compressorsFor({ row_groups }: FileMetaData): Promise<Compressors | undefined> {
  const codecs = new Set(row_groups.flatMap(({ columns }) => columns.map(({ meta_data }) => meta_data?.codec ?? 'UNCOMPRESSED')));
  if ([...codecs].every((codec) => codec === 'UNCOMPRESSED' || codec === 'SNAPPY')) return undefined;
  return (await import('hyparquet-compressors')).compressors;
}

function refuseLarge({ file, read }: Table, group: RowGroup, start: number): void {
  const sizes = group.columns.map(({ meta_data }) => (read.includes(meta_data?.path_in_schema[0] ?? '') ? Number(meta_data?.total_uncompressed_size ?? 0) : 0));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes <= mostGroupBytes) return;
  throw unreadable(
    file.name,
    `its group of rows from row ${start + 1} takes ${(bytes / 2 ** 30).toFixed(1)} GiB, and at most ${mostGroupBytes / 2 ** 30} GiB can be unpacked at once`,
    'Write it again with smaller groups of rows (row_group_size in pyarrow).',
  );
}

async function* groupRows(table: Table, start: number, end: number, seen: SeenIds): AsyncGenerator<Imported> {
  const { file, metadata, compressors, read: columns } = table;
  const { parquetReadObjects } = await import('hyparquet');
  let rows: Record<string, unknown>[];
  try {
    // Only columns that are marked as text are text: a picture is bytes.
    rows = await parquetReadObjects({ file: bufferOf(file), metadata, columns, rowStart: start, rowEnd: end, utf8: false, parsers: { stringFromBytes: decodeUtf8 }, compressors });
  } catch (cause) {
    yield refuse({ file: file.name, row: start + 1 }, '', `and all to row ${end} cannot be unpacked (${cause instanceof Error ? cause.message : String(cause)})`);
    return;
  }
  for (const [i, fields] of rows.entries()) yield takeFields(table, { file: file.name, row: start + i + 1 }, fields, seen);
}

function takeFields({ turns, pictures, ignored }: Table, place: RowPlace, given: Readonly<Record<string, unknown>>, seen: SeenIds): Imported {
  const { name, bytes, reason } = pictures === undefined ? {} : embeddedPicture(place, given[pictures]);
  if (pictures !== undefined && reason !== undefined) return refuse(place, pictures, reason);
  const fields: Record<string, unknown> = pictures === undefined ? { ...given } : { ...given, image: name };
  if (pictures === 'images') delete fields.images;
  const imported = turns === undefined ? takeColumns(place, fields, columnsOf(Object.keys(fields)), seen) : takeTurns(place, fields, turns, seen);
  const { row } = imported;
  if (row === undefined) return imported;
  if (!isUtf8([row.image, row.caption ?? '', ...row.exchanges.flatMap(({ instruction, answer }) => [instruction, answer])])) return refuse(place, '', notUtf8Reason);
  return { row: { ...row, ...(ignored.length > 0 ? { ignored } : {}), ...(bytes === undefined ? {} : { picture: bytesFile(row.image, bytes) }) } };
}

const isUtf8 = (texts: readonly string[]): boolean => !texts.some((text) => text.includes(notUtf8));

function takeTurns(place: RowPlace, fields: Readonly<Record<string, unknown>>, turns: Turns, seen: SeenIds): Imported {
  if (turns === 'conversations') return takeValue(place, fields, seen);
  const { texts, ...others } = fields;
  if (!Array.isArray(texts)) return refuse(place, 'texts', 'is missing');
  const conversations = (texts as ({ user?: unknown; assistant?: unknown } | null)[]).flatMap((turn) => [{ from: 'human', value: turn?.user }, { from: 'gpt', value: turn?.assistant }]);
  return takeValue(place, { ...others, conversations }, seen);
}

function bufferOf(file: NamedFile): AsyncBuffer {
  return {
    byteLength: file.size,
    slice: async (start, end = file.size) => {
      const bytes = await file.slice(start, end);
      return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
    },
  };
}
