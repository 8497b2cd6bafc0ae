/** What the readers of `config.json` share: kinds of fields, and how a value that is not supported is refused. */
import * as v from 'valibot';
import { ComdError } from '../../errors';
import { activations } from '../../ops/activation/kernels';

export const count = v.pipe(v.number(), v.integer(), v.minValue(1));
export const index = v.pipe(v.number(), v.integer());
export const activation = v.picklist(activations);
/** Fields whose only supported value is the one given, absence included. */
export const only = <const T extends boolean | number | string>(value: T) => v.optional(v.nullable(v.literal(value)));

/** Reads `json` by a schema. Throws `checkpoint/unsupported` naming the field below `path`. */
export function read<const S extends v.GenericSchema>(schema: S, json: unknown, path = ''): v.InferOutput<S> {
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const field = [path, v.getDotPath(issue)].filter(Boolean).join('.');
  if (field === '') throw refused(`it must be a JSON object, but is ${issue.received}.`);
  if (issue.received === 'undefined') throw refused(`"${field}" is missing.`);
  throw unsupported(field, issue.expected ?? 'another value', issue.received);
}

export function mustDivide(field: string, value: number, divisor: string, by: number): void {
  if (value % by !== 0) throw unsupported(field, `a multiple of ${divisor} (${by})`, String(value));
}

export function unsupported(field: string, expected: string, found: string): ComdError {
  return refused(`"${field}" must be ${expected}, but is ${found}.`);
}

function refused(what: string): ComdError {
  return new ComdError(
    'checkpoint/unsupported',
    `config.json: ${what}`,
    'Use a checkpoint of a supported family (llava, idefics3, smolvlm, llama, mistral, qwen2, clip, siglip), or add its family under src/model.',
  );
}
