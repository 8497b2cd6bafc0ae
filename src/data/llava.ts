/**
 * LLaVA's record format, in and out: `{id, image?, conversations: [{from, value}, ...]}`, turns of human and gpt by turns. The
 * one place that knows it: the readers of people's own data and the pools of a download go through {@link readConversation}.
 * What a record means to a run (pools, iterations) is not part of the format.
 */
import * as v from 'valibot';
import { plainIssue, type FieldFault } from './import/plain-issue';
import type { Exchange } from './import/row';
import type { InstructionRecord } from './types';

/** More turns than this are no conversation; each is looked at before the row is taken, and a row is held whole. */
export const mostTurns = 1000;

const placeholder = '<image>';

const Turn = v.object({ from: v.picklist(['human', 'gpt']), value: v.string() });
/** A row's own id; a number is taken as its digits. */
export const RowId = v.pipe(v.union([v.string(), v.number(), v.bigint()]), v.transform(String), v.nonEmpty());
const LlavaRow = v.object({ id: v.nullish(RowId), image: v.nullish(v.string()), conversations: v.array(Turn) });
const known = { row: new Set(Object.keys(LlavaRow.entries)), turn: new Set(Object.keys(Turn.entries)) };

/** A record as it is written: one question, one answer. */
export interface LlavaRecord {
  id: string;
  image?: string;
  conversations: [{ from: 'human'; value: string }, { from: 'gpt'; value: string }];
}

/** A row as it was read. */
export interface Conversation {
  id: string | undefined;
  /** Empty where the row names none. */
  image: string;
  exchanges: Exchange[];
  /** Fields that nothing reads. */
  ignored: string[];
}

export type ReadConversation = { row: Conversation; fault?: undefined } | { fault: FieldFault; row?: undefined };

/** A row of LLaVA's format, or its first fault: each turn of human with the one of gpt behind it is an exchange. */
export function readConversation(value: unknown): ReadConversation {
  const turns = turnsOf(value);
  if (turns > mostTurns) return fault('conversations', `has ${turns} turns; at most ${mostTurns} are taken. Split it into several rows`);
  const parsed = v.safeParse(LlavaRow, value);
  if (!parsed.success) return { fault: plainIssue(parsed.issues[0]) };
  const { id, image, conversations } = parsed.output;
  if (conversations.length === 0) return fault('conversations', 'is empty');
  const exchanges: Exchange[] = [];
  for (let turn = 0; turn < conversations.length; turn += 2) {
    const pair = readPair(conversations, turn, (image ?? '') !== '');
    if (pair.fault !== undefined) return pair;
    exchanges.push(pair.exchange);
  }
  return { row: { id: id ?? undefined, image: image ?? '', exchanges, ignored: ignoredFields(value as Raw) } };
}

/** The text of an instruction without the places for its picture. */
export function withoutPlaceholder(text: string): string {
  return text.replaceAll(placeholder, '').trim();
}

type Turns = v.InferOutput<typeof Turn>[];
type Raw = { conversations: object[] };

function turnsOf(value: unknown): number {
  const turns: unknown = typeof value === 'object' && value !== null && 'conversations' in value ? value.conversations : undefined;
  return Array.isArray(turns) ? turns.length : 0;
}

function readPair(turns: Turns, at: number, hasImage: boolean): { exchange: Exchange; fault?: undefined } | { fault: FieldFault } {
  const [human, gpt] = [turns[at] as Turns[number], turns[at + 1]];
  if (human.from !== 'human') return fault(`conversations[${at}].from`, 'is "gpt"; human and gpt take turns, and human begins');
  if (gpt === undefined) return fault(`conversations[${at + 1}]`, 'is missing: the last question has no gpt turn');
  if (gpt.from !== 'gpt') return fault(`conversations[${at + 1}].from`, 'is "human"; human and gpt take turns, so that a gpt turn is missing before it');
  if (!hasImage && human.value.includes(placeholder)) return fault('image', `is missing, and the question has a place for it (${placeholder})`);
  const exchange = { instruction: withoutPlaceholder(human.value), answer: gpt.value.trim() };
  if (exchange.instruction === '') return fault(`conversations[${at}].value`, 'is empty: there is no question');
  if (exchange.answer === '') return fault(`conversations[${at + 1}].value`, 'is empty: there is no answer');
  return { exchange };
}

function fault(field: string, reason: string): { fault: FieldFault } {
  return { fault: { field, reason } };
}

function ignoredFields(row: Raw): string[] {
  const ignored = Object.keys(row).filter((field) => !known.row.has(field));
  const inTurns = new Set(row.conversations.flatMap((turn) => Object.keys(turn).filter((field) => !known.turn.has(field))));
  return inTurns.size === 0 ? ignored : [...ignored, ...[...inTurns].map((field) => `conversations[].${field}`)];
}

/** A record as LLaVA writes it; `imageFile` turns the name of an image into the name of its file. */
export function toLlava(record: InstructionRecord, imageFile: (image: string) => string = (image) => image): LlavaRecord {
  const question = { from: 'human' as const, value: record.image === '' ? record.instruction : `${placeholder}\n${record.instruction}` };
  const answer = { from: 'gpt' as const, value: record.answer };
  const conversations: LlavaRecord['conversations'] = [question, answer];
  return record.image === '' ? { id: record.id, conversations } : { id: record.id, image: imageFile(record.image), conversations };
}
