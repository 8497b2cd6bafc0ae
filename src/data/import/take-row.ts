/** A row's fields as a row that is taken or a fault, whatever format they came from. */
import { readConversation } from '../llava';
import { columnsOf, isPictureAlone, readColumns, type Columns } from './columns';
import { exchangeId } from './exchange-id';
import type { Exchange, Imported, ImportedRow, RowPlace } from './row';
import type { SeenIds } from './seen-ids';

/** A fault of the row at `place`. */
export function refuse({ file, row }: RowPlace, field: string, reason: string): Imported {
  return { fault: { file, row, field, reason } };
}

/**
 * A value of JSON (or one put together from the columns of Parquet): a conversation of LLaVA's where it has `conversations`, else
 * plain columns. A row that has neither is a fault, since such a row of JSON has lost something.
 */
export function takeValue(place: RowPlace, value: unknown, seen: SeenIds): Imported {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(place, '', `is ${JSON.stringify(value)?.slice(0, 40)}; it must be an object`);
  if ('conversations' in value) {
    const { row, fault } = readConversation(value);
    if (fault !== undefined) return refuse(place, fault.field, fault.reason);
    return taken(place, { ...row, caption: null }, row.ignored, seen);
  }
  const columns = columnsOf(Object.keys(value));
  const saysNothing = Object.keys(columns.held).length === 0 || isPictureAlone(columns);
  if (saysNothing) return refuse(place, 'conversations', 'is missing, and there is neither a question with its answer nor a caption');
  return takeColumns(place, value as Record<string, unknown>, columns, seen);
}

/** A row of a table, whose columns are known for all of its rows. */
export function takeColumns(place: RowPlace, fields: Readonly<Record<string, unknown>>, columns: Columns, seen: SeenIds): Imported {
  const { row, fault } = readColumns(fields, columns);
  if (fault !== undefined) return refuse(place, fault.field, fault.reason);
  return taken(place, row, columns.ignored, seen);
}

type Told = Pick<ImportedRow, 'image' | 'caption' | 'exchanges'> & { id: string | undefined };

/** A row that has been read, unless a row above, or an exchange of one, has its id or that of one of its exchanges. */
export function taken({ file, row }: RowPlace, { id, image, caption, exchanges }: Told, ignored: readonly string[], seen: SeenIds): Imported {
  const trouble = id === undefined ? null : idTrouble(id, exchanges, seen);
  if (trouble !== null) return refuse({ file, row }, 'id', trouble);
  // An id that is made of file and row is nobody else's.
  return { row: { file, row, id: id ?? `${file}#${row}`, image, caption, exchanges, ...(ignored.length > 0 ? { ignored } : {}) } };
}

/** What is wrong with a row's own id; it and those of its exchanges are known from then on. */
function idTrouble(id: string, exchanges: readonly Exchange[], seen: SeenIds): string | null {
  if (!seen.add(id)) return `is "${id}", which a row above has${/\/\d+$/.test(id) ? ', or one of its exchanges' : ''}`;
  const several = exchanges.length === 1 ? [] : exchanges.map((_, at) => exchangeId(id, exchanges, at));
  const known = several.find((each) => !seen.add(each));
  return known === undefined ? null : `is "${id}", so that exchange ${several.indexOf(known) + 1} would be "${known}", which a row above has`;
}
