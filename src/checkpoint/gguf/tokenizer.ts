/** The tokenizer of the metadata in Hugging Face's form: `tokenizer.json` and `tokenizer_config.json`. */
import { type SpecialToken, tokenId } from './config';
import type { Metadata } from './metadata';
import { corrupt } from './refuse';
import { addedTokens, kindOf, readVocabulary } from './vocabulary';

export interface GgufTokenizer {
  tokenizer: unknown;
  tokenizerConfig: unknown;
}

const specialNames = { bos_token: 'bos', eos_token: 'eos', unk_token: 'unknown', pad_token: 'padding' } as const satisfies Record<string, SpecialToken>;

/**
 * Undefined where the file has no tokenizer. `rows` is how many the embedding has.
 * Throws `checkpoint/corrupt`, `checkpoint/unsupported`.
 */
export function tokenizerOf(metadata: Metadata, rows: number): GgufTokenizer | undefined {
  const model = metadata.text('tokenizer.ggml.model');
  if (model === undefined || model === 'none') return undefined;
  const vocabulary = readVocabulary(metadata);
  const { tokens } = vocabulary;
  if (tokens.length > rows) throw corrupt(metadata.file, `metadata "tokenizer.ggml.tokens" lists ${tokens.length} tokens, but "token_embd.weight" has ${rows} rows.`);
  const ids = Object.entries(specialNames).flatMap(([name, special]) => {
    const id = tokenId(metadata, special, tokens.length);
    return id === undefined ? [] : [[name, id] as const];
  });
  const specials = Object.fromEntries(ids.map(([name, id]) => [name, tokens[id] as string]));
  // llama.cpp begins a text of SentencePiece's tokenizers with the first token unless the file says otherwise.
  const begins = (metadata.boolean('tokenizer.ggml.add_bos_token') ?? model === 'llama') ? specials.bos_token : undefined;
  const ends = metadata.boolean('tokenizer.ggml.add_eos_token') === true ? specials.eos_token : undefined;
  return {
    tokenizer: {
      version: '1.0', truncation: null, padding: null,
      added_tokens: addedTokens(vocabulary, ids.map(([, id]) => id)),
      ...kindOf(metadata, model, vocabulary, specials.unk_token),
      post_processor: frame(begins, ends, tokens),
    },
    tokenizerConfig: {
      tokenizer_class: 'PreTrainedTokenizerFast', clean_up_tokenization_spaces: false,
      ...specials,
      add_bos_token: begins !== undefined, add_eos_token: ends !== undefined,
      ...(metadata.has('tokenizer.chat_template') && { chat_template: metadata.text('tokenizer.chat_template') }),
    },
  };
}

/** Puts the first and the last token around a text that asks for special tokens; null where there are none to put. */
function frame(begins: string | undefined, ends: string | undefined, tokens: readonly string[]): object | null {
  const used = [begins, ends].filter((token) => token !== undefined);
  if (used.length === 0) return null;
  const special = (id: string | undefined): object[] => id === undefined ? [] : [{ SpecialToken: { id, type_id: 0 } }];
  const text = (id: string): object[] => [...special(begins), { Sequence: { id, type_id: 0 } }, ...special(ends)];
  return {
    type: 'TemplateProcessing', single: text('A'), pair: [...text('A'), ...text('B')],
    special_tokens: Object.fromEntries(used.map((token) => [token, { id: token, ids: [tokens.indexOf(token)], tokens: [token] }])),
  };
}
