/**
 * LLaVA's record format, in and out: a JSON list of `{id, image?, conversations: [{from, value}, ...]}`. One question
 * and one answer a record; what a record means to a run (pools, iterations) is not part of the format.
 */
import * as v from 'valibot';
import { ComdError } from '../errors';
import type { InstructionRecord } from './types';

const placeholder = '<image>';

const Turn = <const From extends string>(from: From) => v.object({ from: v.literal(from), value: v.string() });
const LlavaRecord = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  image: v.optional(v.string()),
  conversations: v.tuple([Turn('human'), Turn('gpt')]),
});
export type LlavaRecord = v.InferOutput<typeof LlavaRecord>;

/** A record as LLaVA writes it; `imageFile` turns the name of an image into the name of its file. */
export function toLlava(record: InstructionRecord, imageFile: (image: string) => string = (image) => image): LlavaRecord {
  const question = { from: 'human' as const, value: record.image === '' ? record.instruction : `${placeholder}\n${record.instruction}` };
  const answer = { from: 'gpt' as const, value: record.answer };
  const conversations: LlavaRecord['conversations'] = [question, answer];
  return record.image === '' ? { id: record.id, conversations } : { id: record.id, image: imageFile(record.image), conversations };
}

/** A pool as the text of a LLaVA file. */
export function exportPool(records: readonly InstructionRecord[], imageFile?: (image: string) => string): string {
  return `${JSON.stringify(records.map((record) => toLlava(record, imageFile)), null, 1)}\n`;
}

/**
 * Reads a file in LLaVA's format; records of a text without an image have an empty image name.
 * Throws `data/malformed-record` naming the file and its first row (from 1) that is not a record.
 */
export function parseLlava(file: string, text: string): InstructionRecord[] {
  const rows = readList(file, text);
  const seen = new Set<string>();
  return rows.map((row, index) => {
    const parsed = v.safeParse(LlavaRecord, row);
    if (!parsed.success) throw malformed(file, index, describe(parsed.issues[0]));
    const record = fromLlava(parsed.output);
    if (record.instruction === '' || record.answer === '') throw malformed(file, index, 'its question or its answer is empty');
    if (seen.has(record.id)) throw malformed(file, index, `the id "${record.id}" has been used above`);
    seen.add(record.id);
    return record;
  });
}

function fromLlava({ id, image = '', conversations: [question, answer] }: LlavaRecord): InstructionRecord {
  const instruction = question.value.replace(placeholder, '').trim();
  return { id, image, instruction, answer: answer.value.trim(), source: 'dataset', iteration: 0 };
}

function readList(file: string, text: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ComdError('data/malformed-record', `"${file}" is not JSON: ${String(cause)}.`, 'Give a JSON list of LLaVA records.', { cause });
  }
  if (Array.isArray(value)) return value;
  throw new ComdError('data/malformed-record', `"${file}" is not a JSON list.`, 'Give a JSON list of LLaVA records.');
}

const describe = (issue: v.BaseIssue<unknown>): string => `${v.getDotPath(issue) ?? 'the row'}: ${issue.message}`;

function malformed(file: string, index: number, what: string): ComdError {
  return new ComdError(
    'data/malformed-record',
    `Row ${index + 1} of "${file}" is not a LLaVA record (${what}).`,
    'Each row needs an id, an optional image, and one human and one gpt turn in "conversations". Nothing was imported.',
  );
}
