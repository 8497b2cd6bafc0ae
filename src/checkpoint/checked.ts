/** The contents of JSON files against schemas. What is refused, and how, is the caller's. */
import * as v from 'valibot';
import type { ComdError } from '../errors';

/** `refuse` makes the error; `what` begins behind the file's name, as `, at r: Invalid type: Expected …`. */
export function checked<const S extends v.GenericSchema>(schema: S, json: unknown, refuse: (what: string) => ComdError): v.InferOutput<S> {
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue);
  throw refuse(`${path === null ? '' : `, at ${path}`}: ${issue.message}.`);
}
