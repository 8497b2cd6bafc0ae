/**
 * Rows of CSV and its kin: commas, semicolons or tabs, with a header. Papa Parse reads the records; this feeds it chunk by chunk, and
 * takes up again behind a record whose quotation marks are broken.
 */
import type { Parser, ParseStepResult } from 'papaparse';
import { columnsOf, isUseful, type Columns } from './columns';
import { unreadable } from './files';
import { longestRow, tooLong } from './lines';
import type { Imported, NamedFile } from './row';
import type { SeenIds } from './seen-ids';
import { refuse, takeColumns } from './take-row';
import { notUtf8, notUtf8Reason, textOf, type Encoding } from './text';

export const delimiters = [',', '\t', ';'] as const;
export type Delimiter = (typeof delimiters)[number];

/** Fields of one record, or why it has none. */
export type CsvRecord = { fields: string[]; trouble?: undefined } | { trouble: string; fields?: undefined };

/** The delimiter by which the first line of a table has the most known columns; undefined where it has none that says anything. */
export function delimiterOf(head: string): Delimiter | undefined {
  const [first = ''] = head.replace(/^\ufeff/, '').split(/\r?\n/, 1);
  const counts = delimiters.map((delimiter) => {
    const columns = columnsOf(first.split(delimiter).map(unquoted));
    return isUseful(columns) ? Object.keys(columns.held).length : 0;
  });
  const most = Math.max(...counts);
  return most === 0 ? undefined : delimiters[counts.indexOf(most)];
}

const unquoted = (field: string): string => field.trim().replace(/^"(.*)"$/, '$1');

/**
 * Rows counted from 1, without the header and without empty lines. Throws `data/unreadable` where the first line names no columns
 * that are known.
 */
export async function* csvRows(file: NamedFile, encoding: Encoding, seen: SeenIds): AsyncGenerator<Imported> {
  let columns: Columns | undefined;
  let header: string[] = [];
  let row = 0;
  for await (const { fields, trouble } of csvRecords(textOf(file, encoding))) {
    if (columns === undefined) {
      header = (fields ?? []).map((name) => name.trim());
      columns = columnsOf(header);
      if (!isUseful(columns)) throw noColumns(file.name, header);
      continue;
    }
    const place = { file: file.name, row: ++row };
    if (trouble !== undefined) yield refuse(place, '', trouble);
    else if (fields.length !== header.length) yield refuse(place, '', `has ${fields.length} fields, and the header has ${header.length}`);
    else if (fields.some((field) => field.includes(notUtf8))) yield refuse(place, '', notUtf8Reason);
    else yield takeColumns(place, Object.fromEntries(header.map((name, i) => [name, fields[i]])), columns, seen);
  }
  if (columns === undefined) throw noColumns(file.name, []);
}

function noColumns(file: string, header: readonly string[]): Error {
  const found = header.length === 0 ? 'it is empty' : `its first line names the columns ${header.slice(0, 8).map((name) => `"${name.slice(0, 40)}"`).join(', ')}`;
  return unreadable(file, `${found} (row 1)`, 'Begin a table with the header image, question, answer, or with image, caption; or give the rows as JSON.');
}

/** The records of a table, the header among them, without empty lines. */
export async function* csvRecords(text: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  const { default: Papa } = await import('papaparse');
  let delimiter: Delimiter | undefined;
  let rest = '';
  for await (const chunk of text) {
    rest += chunk;
    // The header decides, and must be whole.
    if (delimiter === undefined && !rest.includes('\n')) continue;
    delimiter ??= delimiterOf(rest) ?? ',';
    rest = yield* wholeRecords(Papa.Parser, delimiter, rest, false);
    while (rest.length > longestRow) {
      yield { trouble: tooLong };
      rest = yield* wholeRecords(Papa.Parser, delimiter, behindLine(rest), false);
    }
  }
  while (rest !== '') rest = yield* wholeRecords(Papa.Parser, delimiter ?? delimiterOf(rest) ?? ',', rest, true);
}

/** The records that end within `text`; gives back what follows them. */
function* wholeRecords(Papa: typeof Parser, delimiter: Delimiter, text: string, isLast: boolean): Generator<CsvRecord, string> {
  let rest = text;
  for (let isBroken = true; isBroken && rest !== '';) {
    const { records, read, trouble } = readRecords(Papa, delimiter, rest, isLast);
    for (const fields of records) yield { fields };
    rest = rest.slice(read);
    isBroken = trouble !== undefined;
    if (trouble === undefined) continue;
    yield { trouble };
    // What follows a broken quotation may have been taken for a part of it.
    rest = behindLine(rest);
  }
  return rest;
}

interface Read {
  records: string[][];
  /** Characters that the records take up. */
  read: number;
  /** What is wrong with the record behind them. */
  trouble?: string;
}

function readRecords(Papa: typeof Parser, delimiter: Delimiter, text: string, isLast: boolean): Read {
  const found: Read = { records: [], read: 0 };
  const parser = new Papa({
    delimiter,
    // A carriage return before it is the last field's, and is taken off; so files of both kinds are read.
    newline: '\n',
    step: ({ data, errors, meta }: ParseStepResult<string[]>) => {
      const [error] = errors;
      if (error === undefined) {
        const fields = withoutReturn((data as unknown as string[][])[0] ?? []);
        if (fields.length > 1 || fields[0] !== '') found.records.push(fields);
        found.read = meta.cursor;
      } else {
        found.trouble = error.code === 'MissingQuotes' ? 'has a quotation that does not end' : 'has a quotation mark within a quotation; write it twice';
        parser.abort();
      }
    },
  });
  parser.parse(text, 0, !isLast);
  return found;
}

function withoutReturn(fields: string[]): string[] {
  const last = fields.at(-1);
  return last?.endsWith('\r') === true ? [...fields.slice(0, -1), last.slice(0, -1)] : fields;
}

function behindLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? '' : text.slice(end + 1);
}
