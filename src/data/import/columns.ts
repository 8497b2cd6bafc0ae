/**
 * Rows of plain columns: an image with a question and its answer, or with a caption. What the columns are called differs from one
 * data set to the next; this is the one list of their names. CSV, Parquet and plain JSON rows are read by it.
 */
import * as v from 'valibot';
import { RowId, withoutPlaceholder } from '../llava';
import { plainIssue, type FieldFault } from './plain-issue';
import type { Exchange } from './row';

/** Names of each column, the first one before the others where a row has several. Case does not matter. */
const names = {
  id: ['id'],
  image: ['image', 'file_name'],
  question: ['question', 'instruction'],
  answer: ['answer', 'response'],
  caption: ['caption', 'text'],
} as const;

type Column = keyof typeof names;
const columns = Object.keys(names) as Column[];
/** Columns that say something about the picture. */
const texts: readonly Column[] = ['question', 'answer', 'caption'];

const text = v.nullish(v.string());
const Row = v.object({ id: v.nullish(RowId), image: text, question: text, answer: text, caption: text });

/** Which field of a row holds which column, and the fields that hold none. */
export interface Columns {
  held: Partial<Record<Column, string>>;
  ignored: string[];
}

export function columnsOf(fields: readonly string[]): Columns {
  const byName = new Map(fields.map((field) => [field.trim().toLowerCase(), field]));
  const held: Columns['held'] = {};
  for (const column of columns) {
    const name = names[column].find((name) => byName.has(name));
    if (name !== undefined) held[column] = byName.get(name);
  }
  const read = new Set(Object.values(held));
  return { held, ignored: fields.filter((field) => !read.has(field)) };
}

/** Whether rows of these columns can say anything: something of a picture, or a question with its answer. */
export function isUseful({ held }: Columns): boolean {
  return held.caption !== undefined || (held.question !== undefined && held.answer !== undefined) || held.image !== undefined;
}

/** Whether rows of these columns are pictures alone. */
export function isPictureAlone({ held }: Columns): boolean {
  return held.image !== undefined && !texts.some((column) => held[column] !== undefined);
}

export interface ColumnRow {
  id: string | undefined;
  image: string;
  caption: string | null;
  exchanges: Exchange[];
}

export type ReadColumns = { row: ColumnRow; fault?: undefined } | { fault: FieldFault; row?: undefined };

/** A row by its columns, or its first fault. */
export function readColumns(fields: Readonly<Record<string, unknown>>, { held }: Columns): ReadColumns {
  const parsed = v.safeParse(Row, Object.fromEntries(columns.map((column) => [column, fields[held[column] ?? '']])));
  const nameOf = (column: string) => held[column as Column] ?? column;
  if (!parsed.success) {
    const { field, reason } = plainIssue(parsed.issues[0]);
    return { fault: { field: nameOf(field), reason } };
  }
  const { id } = parsed.output;
  const image = parsed.output.image?.trim() ?? '';
  const [question, answer, caption] = [withoutPlaceholder(parsed.output.question ?? ''), trimmed(parsed.output.answer), trimmed(parsed.output.caption)];
  const missing = missingColumn({ image, question, answer, caption }, held);
  if (missing !== undefined) return { fault: { field: nameOf(missing), reason: held[missing] === undefined ? 'is missing' : 'is empty' } };
  const exchanges = question === '' ? [] : [{ instruction: question, answer }];
  return { row: { id: id ?? undefined, image, caption: caption === '' ? null : caption, exchanges } };
}

const trimmed = (text: string | null | undefined): string => text?.trim() ?? '';

/** The column without which the others say nothing. */
function missingColumn(row: Record<'image' | 'question' | 'answer' | 'caption', string>, held: Columns['held']): Column | undefined {
  if (row.question !== '' && row.answer === '') return 'answer';
  if (row.answer !== '' && row.question === '') return 'question';
  if (row.caption !== '' && row.question === '' && row.image === '') return 'image';
  if (row.question !== '' || row.caption !== '') return undefined;
  // Nothing is said of the picture; that is as it should be where no column says anything.
  const empty = texts.find((column) => held[column] !== undefined);
  return empty ?? (row.image === '' ? 'image' : undefined);
}
