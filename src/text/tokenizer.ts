/**
 * A checkpoint's own tokenizer with exactly the calls that training and generation need. It adds special tokens only
 * where it is asked to (`chat.ts` says when); the end token of an answer is appended by the caller.
 */
import { Tokenizer as Engine } from '@huggingface/tokenizers';
import * as v from 'valibot';
import { checked } from '../checkpoint/checked';
import { ComdError } from '../errors';
import { type ImageTokens, imageTokensOf } from './image-prompt';
import { completed, fieldsOf, specialsOf } from './tokenizer-json';

export interface Tokenizer {
  /**
   * Ids of the text; special tokens written in it (`<image>`, `</s>`) become their ids.
   * @param special whether those that the tokenizer puts around a text are added
   */
  encode(text: string, special?: boolean): number[];
  /** Text of the ids, special tokens left out. */
  decode(ids: readonly number[]): string;
  /** Is appended to an answer in training. */
  eos: number;
  /** Every token that ends an answer, `eos` among them. */
  ends: readonly number[];
  /** Fills short rows of a batch; the same as `eos` where the checkpoint has none. */
  pad: number;
  /** Stands for the image in a prompt; undefined where the checkpoint has none, as a bare decoder. */
  image: number | undefined;
  /** Tokens that stand for images, as text. */
  imageTokens: ImageTokens;
  /** One more than the largest id. */
  vocabulary: number;
  /** The special tokens as text, as chat templates ask for them: `bos_token`, `eos_token`, … */
  specials: Readonly<Record<string, string>>;
}

const id = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const ids = v.nullish(v.union([v.pipe(id, v.transform((one) => [one])), v.array(id)]));
const modelSchema = v.looseObject({
  image_token_index: v.nullish(id),
  image_token_id: v.nullish(id),
  eos_token_id: ids,
  pad_token_id: v.nullish(id),
  text_config: v.nullish(v.looseObject({ eos_token_id: ids, pad_token_id: v.nullish(id) })),
});
const generationSchema = v.nullish(v.looseObject({ eos_token_id: ids }));

/**
 * Builds the tokenizer from the checkpoint's `tokenizer.json`, `tokenizer_config.json`, `config.json` and
 * `generation_config.json`, of which only the first and the third are needed. Throws `checkpoint/missing-file` without
 * a `tokenizer.json`, `checkpoint/unsupported` where the kind of tokenizer is not known or there is no end token.
 */
export function loadTokenizer(tokenizer: unknown, tokenizerConfig: unknown, config: unknown, generation?: unknown): Tokenizer {
  if (tokenizer === undefined) throw missing();
  const engine = build(tokenizer, tokenizerConfig, config);
  const specials = specialsOf(tokenizerConfig);
  const imageTokens = imageTokensOf(specials);
  const model = read('config.json', modelSchema, config);
  const text = model.text_config;
  const idOf = (name: string): number | undefined => specials[name] === undefined ? undefined : engine.token_to_id(specials[name]);
  // transformers stops where the first of these says; the later ones are often left at defaults that mean nothing.
  const stops = read('generation_config.json', generationSchema, generation)?.eos_token_id ?? model.eos_token_id ?? text?.eos_token_id ?? [];
  const eos = ending(idOf('eos_token') ?? stops[0]);
  return {
    encode: (words, special = false) => engine.encode(words, { add_special_tokens: special }).ids,
    // The library takes no empty list.
    decode: (tokens) => tokens.length === 0 ? '' : engine.decode([...tokens], { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
    eos,
    ends: [...new Set([eos, ...stops])],
    pad: idOf('pad_token') ?? model.pad_token_id ?? text?.pad_token_id ?? eos,
    image: model.image_token_index ?? model.image_token_id ?? engine.token_to_id(imageTokens.image),
    imageTokens,
    vocabulary: [...engine.get_vocab(true).values()].reduce((last, one) => Math.max(last, one), -1) + 1,
    specials,
  };
}

function build(tokenizer: unknown, tokenizerConfig: unknown, config: unknown): Engine {
  try {
    // The library would let the configuration change texts in ways that transformers does not; Unigram asks for the end token.
    return new Engine(completed(fieldsOf(tokenizer), tokenizerConfig, config), { eos_token: specialsOf(tokenizerConfig).eos_token });
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

function read<const S extends v.GenericSchema>(file: string, schema: S, value: unknown): v.InferOutput<S> {
  return checked(schema, value, (what) => new ComdError(
    'checkpoint/unsupported', `${file}${what}`, 'Token ids are whole numbers from 0; export the checkpoint again.',
  ));
}

function missing(): ComdError {
  return new ComdError(
    'checkpoint/missing-file',
    'The checkpoint has no tokenizer.json.',
    'Save a fast tokenizer beside the weights, in Python: AutoTokenizer.from_pretrained(folder).save_pretrained(folder). That converts the tokenizer.model of SentencePiece, too.',
  );
}

function ending(found: number | undefined): number {
  if (found !== undefined) return found;
  throw new ComdError(
    'checkpoint/unsupported',
    'The checkpoint names no end token.',
    'Give an end token as eos_token in tokenizer_config.json, or its id as eos_token_id in generation_config.json.',
  );
}
