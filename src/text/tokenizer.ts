/**
 * A checkpoint's own tokenizer with exactly the calls that training and generation need. It adds no special tokens:
 * those that belong in a sequence are written by the chat template (`chat.ts`) or appended by the caller.
 */
import { Tokenizer as Engine } from '@huggingface/tokenizers';
import * as v from 'valibot';
import { ComdError } from '../errors';

export interface Tokenizer {
  /** Ids of the text; special tokens written in it (`<image>`, `</s>`) become their ids. */
  encode(text: string): number[];
  /** Text of the ids, special tokens left out. */
  decode(ids: readonly number[]): string;
  /** Ends an answer. */
  eos: number;
  /** Fills short rows of a batch; the same as `eos` where the checkpoint has none. */
  pad: number;
  /** Stands for the image in a prompt. */
  image: number;
  /** One more than the largest id. */
  vocabulary: number;
  /** The special tokens as text, as chat templates ask for them: `bos_token`, `eos_token`, … */
  specials: Readonly<Record<string, string>>;
}

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const modelSchema = v.looseObject({
  image_token_index: v.optional(id),
  image_token_id: v.optional(id),
  pad_token_id: v.nullish(id),
  text_config: v.optional(v.looseObject({
    eos_token_id: v.nullish(v.union([id, v.array(id)])),
    pad_token_id: v.nullish(id),
  })),
});
/** Older releases write a special token as an object with its text in `content`. */
const token = v.union([v.string(), v.pipe(v.looseObject({ content: v.string() }), v.transform(({ content }) => content))]);
const specialNames = ['bos_token', 'eos_token', 'pad_token', 'unk_token', 'image_token'] as const;

/**
 * Builds the tokenizer from the checkpoint's `tokenizer.json`, `tokenizer_config.json` and `config.json`.
 * Throws `checkpoint/unsupported` where the kind of tokenizer is not known or a needed special token is missing.
 */
export function loadTokenizer(tokenizer: unknown, tokenizerConfig: unknown, config: unknown): Tokenizer {
  const specials = readSpecials(tokenizerConfig);
  const engine = build(tokenizer, tokenizerConfig);
  const model = readModel(config);
  const idOf = (name: string): number | undefined => specials[name] === undefined ? undefined : engine.token_to_id(specials[name]);
  const fromText = model.text_config?.eos_token_id;
  const eos = required('an end token', 'eos_token', idOf('eos_token') ?? (Array.isArray(fromText) ? fromText[0] : fromText ?? undefined));
  return {
    encode: (text) => engine.encode(text, { add_special_tokens: false }).ids,
    // The library takes no empty list.
    decode: (ids) => ids.length === 0 ? '' : engine.decode([...ids], { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
    eos,
    pad: idOf('pad_token') ?? model.pad_token_id ?? model.text_config?.pad_token_id ?? eos,
    image: required('an image token', 'image_token', model.image_token_index ?? model.image_token_id ?? engine.token_to_id('<image>')),
    vocabulary: Math.max(...engine.get_vocab(true).values()) + 1,
    specials,
  };
}

function build(tokenizer: unknown, tokenizerConfig: unknown): Engine {
  try {
    return new Engine(tokenizer as object, tokenizerConfig as object);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ComdError(
      'checkpoint/unsupported',
      `tokenizer.json cannot be used: ${reason}.`,
      'Save the tokenizer again as a fast tokenizer (BPE, WordPiece or Unigram).',
      { cause },
    );
  }
}

function readModel(config: unknown): v.InferOutput<typeof modelSchema> {
  const result = v.safeParse(modelSchema, config);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new ComdError(
    'checkpoint/unsupported',
    `config.json${v.getDotPath(issue) === null ? '' : `, at ${v.getDotPath(issue)}`}: ${issue.message}.`,
    'Token ids are whole numbers from 0; export the checkpoint again.',
  );
}

function readSpecials(tokenizerConfig: unknown): Record<string, string> {
  const fields = (tokenizerConfig ?? {}) as Record<string, unknown>;
  return Object.fromEntries(specialNames.flatMap((name) => {
    const parsed = v.safeParse(token, fields[name]);
    return parsed.success ? [[name, parsed.output]] : [];
  }));
}

function required(what: string, name: string, found: number | undefined): number {
  if (found !== undefined) return found;
  throw new ComdError(
    'checkpoint/unsupported',
    `The checkpoint names no ${what.replace(/^an? /, '')}.`,
    `Give ${what} as ${name} in tokenizer_config.json, or its id in config.json.`,
  );
}
