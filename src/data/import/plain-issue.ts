/** What valibot found, in the words that a row's fault is told in. */
import type * as v from 'valibot';

/** What is wrong with one field of a row. */
export interface FieldFault {
  /** As `conversations[2].from`; empty for the row as a whole. */
  field: string;
  /** Goes on from the field's name: "is missing". */
  reason: string;
}

export function plainIssue(issue: v.BaseIssue<unknown>): FieldFault {
  return { field: pathOf(issue), reason: reasonOf(issue) };
}

function pathOf({ path }: v.BaseIssue<unknown>): string {
  return (path ?? []).reduce((text: string, { key }) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`), '');
}

function reasonOf({ type, input, expected, message }: v.BaseIssue<unknown>): string {
  if (input === undefined) return 'is missing';
  switch (type) {
    case 'picklist': return `is ${shown(input)}; it must be ${(expected ?? '').replaceAll(/[()]/g, '').replaceAll(' | ', ' or ')}`;
    case 'string': return `is ${kindOf(input)}; it must be text`;
    case 'union': return `is ${kindOf(input)}; it must be text or a number`;
    case 'array': return `is ${kindOf(input)}; it must be a list`;
    case 'object': return `is ${kindOf(input)}; it must be an object`;
    case 'non_empty': return 'is empty';
    default: return message;
  }
}

function shown(input: unknown): string {
  return typeof input === 'string' ? JSON.stringify(input.length > 40 ? `${input.slice(0, 40)}…` : input) : kindOf(input);
}

function kindOf(input: unknown): string {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'an object';
  if (typeof input === 'string') return 'text';
  if (typeof input === 'boolean') return String(input);
  return `a ${typeof input === 'bigint' ? 'number' : typeof input}`;
}
