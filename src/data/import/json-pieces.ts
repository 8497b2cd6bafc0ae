/**
 * Cuts JSON text that comes in chunks into the items of its lists, each as the text of one value: a list at the top, or the
 * lists that are fields of an object at the top. It keeps one item at a time, and does not look into it: whether an item is
 * JSON is told by who parses it, so that one broken item does not end the list.
 */
import { unreadable } from './files';
import { longestRow, tooLong } from './lines';

export interface JsonPiece {
  /** The field whose list it is in; empty for a list at the top. */
  key: string;
  /** From 1 within its list. */
  row: number;
  /** Of the item, without white space around it; empty where there is a `trouble`. */
  text: string;
  /** Why the item cannot be read. */
  trouble?: string;
}

/** The items in the order of the file. Throws `data/unreadable` naming file and position where the text is no list and no object. */
export async function* jsonPieces(file: string, text: AsyncIterable<string>): AsyncGenerator<JsonPiece> {
  const splitter = new JsonSplitter(file);
  for await (const chunk of text) yield* splitter.push(chunk);
  yield* splitter.end();
}

/**
 * Where the splitter stands: before the first bracket, before or in the name of a field, before or in a value that is no
 * list, in an item, or behind the last bracket.
 */
type State = 'start' | 'key' | 'value' | 'item' | 'done';

const blank = /\s/;

class JsonSplitter {
  readonly #file: string;
  #state: State = 'start';
  /** Whether the top is an object, to which a list gives back. */
  #inObject = false;
  #key = '';
  #row = 1;
  /** Text of the item or of the name so far; undefined once it is longer than may be kept. */
  #held: string | undefined = '';
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Characters before the chunk. */
  #before = 0;

  constructor(file: string) {
    this.#file = file;
  }

  *push(chunk: string): Generator<JsonPiece> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'start') at = this.#open(chunk, at);
      else if (this.#state === 'done') at = yield* this.#behind(chunk, at);
      else if (this.#state === 'value' && this.#isListNext(chunk, at)) at = this.#openList(chunk, at);
      else at = yield* this.#scan(chunk, at);
    }
    this.#before += chunk.length;
  }

  *end(): Generator<JsonPiece> {
    if (this.#state === 'start') throw this.#unreadable('it is empty', this.#before);
    if (this.#state === 'item') yield { key: this.#key, row: this.#row, text: '', trouble: 'does not end: the file is cut short, or a bracket or quotation mark is missing' };
    else if (this.#state !== 'done') throw this.#unreadable('it ends before its last bracket', this.#before);
  }

  #open(chunk: string, from: number): number {
    const at = skipBlank(chunk, from);
    const bracket = chunk[at];
    if (bracket === undefined) return at;
    if (bracket !== '[' && bracket !== '{') throw this.#unreadable(`it is no JSON list: it begins with "${chunk.slice(at, at + 12)}"`, at);
    this.#inObject = bracket === '{';
    this.#state = this.#inObject ? 'key' : 'item';
    return at + 1;
  }

  #isListNext(chunk: string, at: number): boolean {
    return this.#held === '' && this.#depth === 0 && chunk[skipBlank(chunk, at)] === '[';
  }

  #openList(chunk: string, at: number): number {
    [this.#state, this.#row] = ['item', 1];
    return skipBlank(chunk, at) + 1;
  }

  /** To the end of the name, value or item, or of the chunk. */
  *#scan(chunk: string, from: number): Generator<JsonPiece, number> {
    const end = this.#findEnd(chunk, from);
    this.#hold(chunk.slice(from, end));
    if (end === chunk.length) return end;
    const mark = chunk[end] as string;
    if (this.#state === 'item') yield* this.#endItem(mark);
    else if (this.#state === 'key') this.#endKey(mark, end);
    else this.#state = mark === '}' ? 'done' : 'key';
    this.#held = '';
    return end + 1;
  }

  /** Where a mark stands that is in no string and in no inner bracket, and ends what is read. */
  #findEnd(chunk: string, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const code = chunk.charCodeAt(at);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (code === 0x5c) this.#escaped = true;
        else if (code === 0x22) this.#inString = false;
      } else if (code === 0x22) this.#inString = true;
      else if (code === 0x5b || code === 0x7b) this.#depth++;
      else if (code === 0x5d || code === 0x7d) {
        if (this.#depth === 0) return at;
        this.#depth--;
      } else if (this.#depth === 0 && (code === 0x2c || (code === 0x3a && this.#state === 'key'))) return at;
    }
    return chunk.length;
  }

  #hold(text: string): void {
    // Of a value that is no list, only whether it has begun.
    if (this.#state === 'value') this.#held = `${this.#held ?? ''}${text}`.trimStart().slice(0, 1);
    else this.#held = this.#held === undefined || this.#held.length + text.length > longestRow ? undefined : this.#held + text;
  }

  *#endItem(mark: string): Generator<JsonPiece> {
    const text = this.#held?.trim();
    const place = { key: this.#key, row: this.#row };
    if (text === undefined) yield { ...place, text: '', trouble: tooLong };
    else if (text !== '') yield { ...place, text };
    // Nothing between the brackets is an empty list.
    else if (mark === ',' || this.#row > 1) yield { ...place, text: '', trouble: 'is empty: a comma stands where a row should' };
    this.#row++;
    if (mark !== ',') this.#state = this.#inObject ? 'value' : 'done';
  }

  #endKey(mark: string, at: number): void {
    const text = this.#held?.trim() ?? '';
    if (mark === '}' && text === '') {
      this.#state = 'done';
      return;
    }
    const key = mark === ':' ? parseName(text) : undefined;
    if (key === undefined) throw this.#unreadable('the name of a field and a colon are expected', at);
    [this.#key, this.#state] = [key, 'value'];
  }

  *#behind(chunk: string, from: number): Generator<JsonPiece, number> {
    const at = skipBlank(chunk, from);
    // Told once: the row counts as told when it has moved on.
    if (at < chunk.length && this.#row > 0) {
      yield { key: this.#key, row: this.#row, text: '', trouble: `stands behind the last bracket (character ${this.#before + at + 1}) and is not read` };
      this.#row = 0;
    }
    return chunk.length;
  }

  #unreadable(what: string, at: number): Error {
    return unreadable(this.#file, `${what} (character ${this.#before + at + 1})`, 'Give a JSON list of rows, or one row a line as .jsonl.');
  }
}

function parseName(text: string): string | undefined {
  try {
    const name: unknown = JSON.parse(text);
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

function skipBlank(chunk: string, from: number): number {
  let at = from;
  while (at < chunk.length && blank.test(chunk[at] as string)) at++;
  return at;
}
