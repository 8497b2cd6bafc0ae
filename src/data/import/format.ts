/**
 * What the files that were given are: tables of rows, pictures, others. By their first bytes wherever those can tell; names decide
 * where bytes cannot, and for what is named as a picture, which is looked at when its turn comes (`picture-check.ts`).
 */
import { headerOf } from '../image-header';
import { columnsOf, isUseful } from './columns';
import { delimiterOf } from './csv';
import { kindByName } from './names';
import type { NamedFile } from './row';
import { textOf, type Encoding } from './text';
import { openZips } from './zip';

export type TableKind = 'json' | 'jsonl' | 'coco' | 'csv' | 'parquet';

/** A file of rows. */
export interface Table {
  file: NamedFile;
  kind: TableKind;
  /** As it is shown: "LLaVA JSONL". */
  label: string;
}

export interface Given {
  tables: Table[];
  pictures: NamedFile[];
  others: NamedFile[];
}

/** So much of a file is looked at. */
const headBytes = 2 ** 16;

/** What is given, in its order; zips are opened. Throws `data/unreadable` for a file or a zip that cannot be read at all. */
export async function formatOf(files: readonly NamedFile[], encoding: Encoding = 'utf-8'): Promise<Given> {
  const given: Given = { tables: [], pictures: [], others: [] };
  for (const file of await openZips(files)) {
    const found = await recognise(file, encoding);
    if (found === 'picture') given.pictures.push(file);
    else if (found === undefined) given.others.push(file);
    else given.tables.push({ file, ...found });
  }
  return given;
}

/** What is given, in one line: "LLaVA JSONL, 12 pictures beside it". */
export function describeGiven({ tables, pictures, others }: Given): string {
  const rest = others.length === 0 ? '' : `; ${counted(others.length, 'other file')} not read`;
  if (tables.length === 0) return `${pictures.length === 0 ? 'no rows and no pictures' : `${counted(pictures.length, 'picture')} without instructions`}${rest}`;
  const named = tables.length === 1 ? (tables[0] as Table).label : `${counted(tables.length, 'file')} of rows (${[...new Set(tables.map(({ label }) => label))].join(', ')})`;
  const beside = pictures.length === 0 ? 'no pictures' : counted(pictures.length, 'picture');
  return `${named}, ${beside} beside ${tables.length === 1 ? 'it' : 'them'}${rest}`;
}

const counted = (count: number, thing: string): string => `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`;

type Found = Pick<Table, 'kind' | 'label'>;

async function recognise(file: NamedFile, encoding: Encoding): Promise<Found | 'picture' | undefined> {
  const named = kindByName(file.name);
  if (named === 'picture') return 'picture';
  const head = await file.slice(0, headBytes);
  if (startsWith(head, 'PAR1')) return { kind: 'parquet', label: 'Parquet' };
  if (headerOf(head) !== undefined) return 'picture';
  // Bytes that are neither, under a name that promises rows: its reader says what is wrong with them.
  return recogniseText(await headText(file, encoding), file.name) ?? (named === undefined || named === 'json' ? undefined : { kind: named, label: labels[named] });
}

const labels = { json: 'JSON', jsonl: 'JSONL', csv: 'CSV', parquet: 'Parquet' } as const;

const startsWith = (bytes: Uint8Array, mark: string): boolean => [...mark].every((letter, i) => bytes[i] === letter.charCodeAt(0));

async function headText(file: NamedFile, encoding: Encoding): Promise<string> {
  let text = '';
  for await (const part of textOf(file, encoding)) {
    text += part;
    if (text.length >= headBytes) break;
  }
  return text.slice(0, headBytes);
}

function recogniseText(text: string, name: string): Found | undefined {
  const start = text.trimStart();
  if (start.startsWith('{')) return recogniseObject(start, name);
  const isJsonName = kindByName(name) === 'json';
  // What other text begins with a bracket is no list of objects.
  if (/^\[\s*[{\]]/.test(start) || isJsonName) return { kind: 'json', label: `${of(start)}JSON` };
  const delimiter = delimiterOf(text);
  if (delimiter === undefined) return undefined;
  const [first = ''] = text.split(/\r?\n/, 1);
  // One word on a line is a table only by its name.
  if (!first.includes(delimiter) && kindByName(name) !== 'csv') return undefined;
  return { kind: 'csv', label: delimiter === '\t' ? 'TSV' : 'CSV' };
}

/** COCO is one object, and JSONL is one a line; any other object holds no rows. */
function recogniseObject(start: string, name: string): Found | undefined {
  const named = kindByName(name);
  const jsonl: Found = { kind: 'jsonl', label: `${of(start)}JSONL` };
  const [first = '', second] = start.split(/\r?\n\s*/, 2);
  const row = parseObject(first);
  if (row !== undefined && !isCoco(row)) return named === 'jsonl' || second?.startsWith('{') === true || isRow(row) ? jsonl : undefined;
  if (named === 'jsonl' && row === undefined) return jsonl;
  if (row !== undefined || /"(images|annotations|licenses|info)"\s*:/.test(start)) return { kind: 'coco', label: 'COCO captions' };
  // The first row may be too long for the head, or broken.
  return second?.startsWith('{') === true || /"conversations"\s*:/.test(start) ? jsonl : undefined;
}

function parseObject(text: string): object | undefined {
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

const isCoco = (row: object): boolean => 'annotations' in row && Array.isArray(row.annotations);

const isRow = (row: object): boolean => 'conversations' in row || isUseful(columnsOf(Object.keys(row)));

/** Whose JSON it is. */
const of = (start: string): string => (/"conversations"\s*:/.test(start) ? 'LLaVA ' : '');
