/** The metadata of a GGUF file: how its values are read, and typed access to them by key. */
import type { Cursor } from './cursor';
import { corrupt, unsupported } from './refuse';

export type MetadataValue = number | boolean | string | readonly number[] | readonly boolean[] | readonly string[];

/** Chat templates take kilobytes; a longer text is damage. */
const longestText = 16 * 2 ** 20;
/** Four times the largest vocabulary's merges. */
const longestList = 2 ** 22;

interface Kind {
  /** The fewest bytes that a value takes. */
  bytes: number;
  read(cursor: Cursor, what: string): number | boolean | string;
}

/** `gguf_metadata_value_type` by number. */
const kinds: readonly (Kind | 'array')[] = [
  { bytes: 1, read: (cursor, what) => cursor.u8(what) },
  { bytes: 1, read: (cursor, what) => cursor.i8(what) },
  { bytes: 2, read: (cursor, what) => cursor.u16(what) },
  { bytes: 2, read: (cursor, what) => cursor.i16(what) },
  { bytes: 4, read: (cursor, what) => cursor.u32(what) },
  { bytes: 4, read: (cursor, what) => cursor.i32(what) },
  { bytes: 4, read: (cursor, what) => shortest(cursor.f32(what)) },
  { bytes: 1, read: (cursor, what) => cursor.u8(what) !== 0 },
  { bytes: 8, read: (cursor, what) => cursor.text(longestText, what) },
  'array',
  { bytes: 8, read: (cursor, what) => cursor.u64(what) },
  { bytes: 8, read: (cursor, what) => cursor.i64(what) },
  { bytes: 8, read: (cursor, what) => cursor.f64(what) },
];

/** The few digits that a 32-bit float was written from, so that an epsilon of 1e-5 does not become 9.99999974e-6. */
function shortest(value: number): number {
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === value ? short : value;
}

/** Reads a value with the type before it. Throws `checkpoint/corrupt`, `checkpoint/unsupported`. */
export function readValue(cursor: Cursor, key: string): MetadataValue {
  const what = `metadata "${key}"`;
  const kind = kindOf(cursor, what);
  if (kind !== 'array') return kind.read(cursor, what);
  const element = kindOf(cursor, what);
  if (element === 'array') throw unsupported(cursor.file, `${what} is a list of lists.`, 'Convert the model again without that entry.');
  const length = cursor.u64(what);
  if (length > longestList) throw corrupt(cursor.file, `${what} claims ${length} values; at most ${longestList} are expected.`);
  cursor.expect(length, element.bytes, `${what} with ${length} values`);
  // One kind of element a list, which the type of `Array.from` cannot see.
  return Array.from({ length }, () => element.read(cursor, what)) as number[] | boolean[] | string[];
}

function kindOf(cursor: Cursor, what: string): Kind | 'array' {
  const id = cursor.u32(what);
  const kind = kinds[id];
  if (kind === undefined) throw corrupt(cursor.file, `${what} has the type ${id}; 0 to ${kinds.length - 1} are known.`);
  return kind;
}

/** Values by key. What has another type than was asked for is refused as `checkpoint/corrupt`. */
export class Metadata {
  readonly file: string;
  readonly #values: ReadonlyMap<string, MetadataValue>;

  constructor(file: string, values: ReadonlyMap<string, MetadataValue>) {
    this.file = file;
    this.#values = values;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  number(key: string): number | undefined {
    return this.#get(key, 'a number', (value) => typeof value === 'number');
  }

  /** A finite number above 0. */
  positive(key: string): number | undefined {
    const value = this.number(key);
    if (value === undefined || (value > 0 && Number.isFinite(value))) return value;
    throw corrupt(this.file, `metadata "${key}" must be a number above 0, but is ${value}.`);
  }

  boolean(key: string): boolean | undefined {
    return this.#get(key, 'true or false', (value) => typeof value === 'boolean');
  }

  text(key: string): string | undefined {
    return this.#get(key, 'a text', (value) => typeof value === 'string');
  }

  texts(key: string): readonly string[] | undefined {
    return this.#get(key, 'a list of texts', (value): value is readonly string[] => isList(value) && (value.length === 0 || typeof value[0] === 'string'));
  }

  numbers(key: string): readonly number[] | undefined {
    return this.#get(key, 'a list of numbers', (value): value is readonly number[] => isList(value) && (value.length === 0 || typeof value[0] === 'number'));
  }

  /** A whole number of at least 1, which must be there. */
  count(key: string): number {
    const value = this.number(key);
    if (value !== undefined && Number.isSafeInteger(value) && value >= 1) return value;
    throw corrupt(this.file, `metadata "${key}" must be a whole number of 1 or more, but is ${value ?? 'missing'}.`);
  }

  #get<T extends MetadataValue>(key: string, expected: string, is: (value: MetadataValue) => value is T): T | undefined {
    const value = this.#values.get(key);
    if (value === undefined || is(value)) return value;
    throw corrupt(this.file, `metadata "${key}" must be ${expected}, but is ${describe(value)}.`);
  }
}

function isList(value: MetadataValue): value is readonly number[] | readonly boolean[] | readonly string[] {
  return Array.isArray(value);
}

function describe(value: MetadataValue): string {
  return isList(value) ? `a list of ${value.length} values` : JSON.stringify(value).slice(0, 60);
}
