/**
 * The `<image>` token in a decoder's tokenizer: the one it has, or a new special token with the next free id. It
 * tokenises nothing.
 */
import * as v from 'valibot';
import type { Checkpoint } from '../checkpoint';
import { read } from './fields';

export const imageToken = '<image>';

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const schema = v.looseObject({
  added_tokens: v.optional(v.nullable(v.array(v.looseObject({ id, content: v.string() }))), []),
  model: v.looseObject({ vocab: v.union([v.record(v.string(), id), v.array(v.looseTuple([v.string()]))]) }),
});

/** `tokenizer.json` with an `<image>` token, and the token's id. Throws `checkpoint/unsupported`. */
export function withImageToken(decoder: Checkpoint): { tokenizer: unknown; id: number } {
  const { added_tokens, model: { vocab } } = read(decoder, 'tokenizer.json', schema, decoder.tokenizer);
  const added = added_tokens ?? [];
  const known = added.find(({ content }) => content === imageToken);
  if (known !== undefined) return { tokenizer: decoder.tokenizer, id: known.id };
  const pieces: [string, number][] = Array.isArray(vocab) ? vocab.map(([piece], i) => [piece, i]) : Object.entries(vocab);
  let largest = -1;
  for (const { id } of added) largest = Math.max(largest, id);
  for (const [, id] of pieces) largest = Math.max(largest, id);
  const id = pieces.find(([piece]) => piece === imageToken)?.[1] ?? largest + 1;
  const token = { id, content: imageToken, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const inOrder = [...added, token].sort((a, b) => a.id - b.id);
  return { tokenizer: { ...decoder.tokenizer as object, added_tokens: inOrder }, id };
}

/** `tokenizer_config.json` that goes with it: tokenizer.json is to be taken as it is, with this template and token. */
export function tokenizerConfigOf(config: unknown, id: number, template: string): Record<string, unknown> {
  const old = (config ?? {}) as Record<string, unknown>;
  const listed = old.added_tokens_decoder as Record<string, unknown> | undefined;
  const token = { content: imageToken, lstrip: false, normalized: false, rstrip: false, single_word: false, special: true };
  return {
    ...old, tokenizer_class: 'PreTrainedTokenizerFast', processor_class: 'LlavaProcessor',
    image_token: imageToken, chat_template: template,
    ...(listed === undefined ? {} : { added_tokens_decoder: { [id]: token, ...listed } }),
  };
}
