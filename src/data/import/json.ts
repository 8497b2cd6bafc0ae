/** Rows of JSON: a list of them, or one a line. */
import { linesOf, tooLong } from './lines';
import { jsonPieces } from './json-pieces';
import type { Imported, NamedFile, RowPlace } from './row';
import type { SeenIds } from './seen-ids';
import { refuse, takeValue } from './take-row';
import { notUtf8, notUtf8Reason, textOf, type Encoding } from './text';

/** A value, or why its text is none. */
export type Parsed = { value: unknown; trouble?: undefined } | { trouble: string };

/** The value of one row's text. */
export function parseRow(text: string): Parsed {
  if (text.includes(notUtf8)) return { trouble: notUtf8Reason };
  try {
    return { value: JSON.parse(text) };
  } catch (cause) {
    return { trouble: `is not JSON (${(cause as Error).message})` };
  }
}

/** Rows of a JSON list, counted from 1. Throws `data/unreadable` where the file is none. */
export async function* jsonListRows(file: NamedFile, encoding: Encoding, seen: SeenIds): AsyncGenerator<Imported> {
  for await (const { row, text, trouble } of jsonPieces(file.name, textOf(file, encoding))) {
    const place = { file: file.name, row };
    yield trouble === undefined ? take(place, text, seen) : refuse(place, '', trouble);
  }
}

/** Rows of JSONL; the row is the number of its line. Empty lines are passed over. */
export async function* jsonLinesRows(file: NamedFile, encoding: Encoding, seen: SeenIds): AsyncGenerator<Imported> {
  let row = 0;
  for await (const line of linesOf(textOf(file, encoding))) {
    row++;
    const place = { file: file.name, row };
    if (line === undefined) yield refuse(place, '', tooLong);
    else if (line.trim() !== '') yield take(place, line, seen);
  }
}

function take(place: RowPlace, text: string, seen: SeenIds): Imported {
  const parsed = parseRow(text);
  return parsed.trouble === undefined ? takeValue(place, parsed.value, seen) : refuse(place, '', parsed.trouble);
}
