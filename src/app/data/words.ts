/** What the data screen says of counts. Text only. */
import type { OwnSet, TakeSummary } from '../../../workers/data-protocol';
import { count } from '../format';

/** `1 row`, `12 rows`. */
export function counted(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? '' : 's'}`;
}

/** What a data set holds, in one line; what it has none of is left out. */
export function contentText({ heldOutOnly, counts: { records, pairs, tests, pictures, unasked } }: OwnSet): string {
  const parts: [number, string][] = [
    [records, 'instruction'], [pairs, 'caption'], [tests, 'test item'], [pictures, 'picture'],
  ];
  const text = parts.filter(([value]) => value > 0).map(([value, thing]) => counted(value, thing)).join(', ');
  if (heldOutOnly) return `${text}. Held out as a whole: nothing of it enters a pool.`;
  const first = unasked === 0 ? '' : ` The teacher writes the first instructions for ${counted(unasked, 'picture')}.`;
  return `${text}.${first}${tests === 0 ? ' Without test items no accuracy is measured.' : ''}`;
}

/** What became of the rows, in one sentence. */
export function takenText({ taken, refused, pictures }: TakeSummary): string {
  const stored = pictures === 0 ? '' : ` with ${counted(pictures, 'picture')}`;
  if (taken === 0) return `None of ${counted(refused, 'row')} could be taken; nothing is stored.`;
  return `${counted(taken, 'row')} taken${stored}, ${refused === 0 ? 'none' : count(refused)} refused.`;
}

/** `image, 3 rows`; an empty field is the row as a whole. */
export function fieldText({ field, rows }: { field: string; rows: number }): string {
  return `${field === '' ? 'the row as a whole' : field}, ${counted(rows, 'row')}`;
}
