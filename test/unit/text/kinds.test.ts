/** Every kind of tokenizer model, with tiny vocabularies; the ids and texts are those of transformers 5.23 for these files. */
import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../../src/text/tokenizer';

const added = (contents: string[], first: number): object[] => contents.map((content, i) => (
  { id: first + i, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }
));
const vocabulary = (tokens: string[]): Record<string, number> => Object.fromEntries(tokens.map((token, id) => [token, id]));
const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
const begins = (token: string, id: number): object => ({
  type: 'TemplateProcessing', single: [{ SpecialToken: { id: token, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
  pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
  special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
});

/** SentencePiece's BPE as Llama 2 has it: a space before every piece of text, bytes for what is not known. */
const llama2 = {
  added_tokens: [...added(['<unk>', '<s>', '</s>'], 0), ...added(['<image>'], 270)],
  normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, { type: 'Replace', pattern: { String: ' ' }, content: '▁' }] },
  pre_tokenizer: null, post_processor: begins('<s>', 1),
  decoder: { type: 'Sequence', decoders: [
    { type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }, { type: 'Strip', content: ' ', start: 1, stop: 0 },
  ] },
  model: {
    type: 'BPE', unk_token: '<unk>', fuse_unk: true, byte_fallback: true,
    vocab: vocabulary(['<unk>', '<s>', '</s>', ...bytes, '▁', 'a', 'h', 't', 'at', 'hat', '▁hat', '▁a', 'c', 'cat', '▁▁']),
    merges: ['a t', 'h at', '▁ hat', '▁ a', 'c at', '▁ ▁'],
  },
};
const unigram = {
  added_tokens: added(['<unk>', '<s>', '</s>', '<image>'], 0),
  normalizer: { type: 'NFKC' }, pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  post_processor: null, decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  model: {
    type: 'Unigram', unk_id: 0, byte_fallback: false,
    vocab: [['<unk>', 0], ['<s>', 0], ['</s>', 0], ['<image>', 0], ['▁', -2], ['a', -3], ['h', -4], ['t', -4], ['at', -4.5], ['hat', -9], ['▁h', -4.2], ['▁hat', -5], ['f', -5], ['i', -5]],
  },
};
const wordpiece = {
  added_tokens: added(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '<image>'], 0),
  normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
  pre_tokenizer: { type: 'BertPreTokenizer' }, post_processor: begins('[CLS]', 2), decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100,
    vocab: vocabulary(['[PAD]', '[UNK]', '[CLS]', '[SEP]', '<image>', 'a', 'hat', 'h', '##a', '##t', '##s', '.', 'e']),
  },
};

interface Row { text: string; ids: number[]; special: number[]; decoded: string }
interface Kind { name: string; tokenizer: object; tokenizerConfig: object; config: object; rows: Row[] }
const config = { model_type: 'llava', eos_token_id: 2 };
const llamaTokens = { tokenizer_class: 'LlamaTokenizer', bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>' };

const kinds: Kind[] = [
  { name: 'BPE with bytes to fall back on', tokenizer: llama2, tokenizerConfig: llamaTokens, config, rows: [
    { text: 'a hat <image>\nhat', ids: [266, 265, 259, 270, 259, 13, 264], special: [1, 266, 265, 259, 270, 259, 13, 264], decoded: 'a hat  \nhat' },
    { text: '  hat  cat', ids: [269, 265, 269, 268], special: [1, 269, 265, 269, 268], decoded: '  hat  cat' },
    { text: 'hat</s>hat', ids: [265, 2, 265], special: [1, 265, 2, 265], decoded: 'hat hat' },
    { text: 'é a ☃', ids: [259, 198, 172, 266, 259, 229, 155, 134], special: [1, 259, 198, 172, 266, 259, 229, 155, 134], decoded: 'é a ☃' },
    { text: 'Hats. ﬁ', ids: [259, 75, 263, 118, 49, 259, 242, 175, 132], special: [1, 259, 75, 263, 118, 49, 259, 242, 175, 132], decoded: 'Hats. ﬁ' },
  ] },
  { name: 'the same in a Llama model', tokenizer: llama2, tokenizerConfig: llamaTokens, config: { ...config, model_type: 'llama' }, rows: [
    { text: 'a hat <image>\nhat', ids: [266, 265, 259, 270, 13, 264], special: [1, 266, 265, 259, 270, 13, 264], decoded: 'a hat \nhat' },
    { text: '  hat  cat', ids: [259, 265, 269, 268], special: [1, 259, 265, 269, 268], decoded: ' hat  cat' },
    { text: 'hat</s>hat', ids: [265, 2, 264], special: [1, 265, 2, 264], decoded: 'hathat' },
    { text: 'é a ☃', ids: [259, 198, 172, 266, 259, 229, 155, 134], special: [1, 259, 198, 172, 266, 259, 229, 155, 134], decoded: 'é a ☃' },
    { text: 'Hats. ﬁ', ids: [259, 75, 263, 118, 49, 259, 242, 175, 132], special: [1, 259, 75, 263, 118, 49, 259, 242, 175, 132], decoded: 'Hats. ﬁ' },
  ] },
  { name: 'the same in a Llama model, the legacy way', tokenizer: llama2, tokenizerConfig: { ...llamaTokens, legacy: true }, config: { ...config, model_type: 'llama' }, rows: [
    { text: 'a hat <image>\nhat', ids: [266, 265, 259, 270, 259, 13, 264], special: [1, 266, 265, 259, 270, 259, 13, 264], decoded: 'a hat  \nhat' },
    { text: '  hat  cat', ids: [259, 265, 269, 268], special: [1, 259, 265, 269, 268], decoded: ' hat  cat' },
    { text: 'hat</s>hat', ids: [265, 2, 265], special: [1, 265, 2, 265], decoded: 'hat hat' },
    { text: 'é a ☃', ids: [259, 198, 172, 266, 259, 229, 155, 134], special: [1, 259, 198, 172, 266, 259, 229, 155, 134], decoded: 'é a ☃' },
    { text: 'Hats. ﬁ', ids: [259, 75, 263, 118, 49, 259, 242, 175, 132], special: [1, 259, 75, 263, 118, 49, 259, 242, 175, 132], decoded: 'Hats. ﬁ' },
  ] },
  { name: 'Unigram', tokenizer: unigram, tokenizerConfig: { tokenizer_class: 'PreTrainedTokenizerFast', bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>' }, config, rows: [
    { text: 'a hat <image>\nhat', ids: [4, 5, 11, 4, 3, 4, 0, 6, 8], special: [4, 5, 11, 4, 3, 4, 0, 6, 8], decoded: 'a hat  hat' },
    { text: '  hat  cat', ids: [4, 11, 4, 4, 0, 8], special: [4, 11, 4, 4, 0, 8], decoded: ' hat  at' },
    { text: 'hat</s>hat', ids: [11, 2, 11], special: [11, 2, 11], decoded: 'hat hat' },
    { text: 'é a ☃', ids: [4, 0, 4, 5, 4, 0], special: [4, 0, 4, 5, 4, 0], decoded: ' a ' },
    { text: 'Hats. ﬁ', ids: [4, 0, 8, 0, 4, 12, 13], special: [4, 0, 8, 0, 4, 12, 13], decoded: 'at fi' },
  ] },
  { name: 'WordPiece', tokenizer: wordpiece, tokenizerConfig: { tokenizer_class: 'PreTrainedTokenizerFast', cls_token: '[CLS]', sep_token: '[SEP]', pad_token: '[PAD]', unk_token: '[UNK]' }, config, rows: [
    { text: 'a hat <image>\nhat', ids: [5, 6, 4, 6], special: [2, 5, 6, 4, 6], decoded: 'a hat hat' },
    { text: '  hat  cat', ids: [6, 1], special: [2, 6, 1], decoded: 'hat' },
    { text: 'hat</s>hat', ids: [6, 1, 1, 1, 1, 6], special: [2, 6, 1, 1, 1, 1, 6], decoded: 'hat hat' },
    { text: 'é a ☃', ids: [12, 5, 1], special: [2, 12, 5, 1], decoded: 'e a' },
    { text: 'Hats. ﬁ', ids: [6, 10, 11, 1], special: [2, 6, 10, 11, 1], decoded: 'hats.' },
  ] },
];

describe.each(kinds.map((kind) => [kind.name, kind] as const))('a tokenizer of the kind %s', (_, { tokenizer, tokenizerConfig, config, rows }) => {
  const made = loadTokenizer(tokenizer, tokenizerConfig, config);

  it.each(rows.map((row) => [row.text, row] as const))('makes the ids of %j that transformers makes', (_, { text, ids, special }) => {
    expect(made.encode(text)).toEqual(ids);
    expect(made.encode(text, true)).toEqual(special);
  });

  it.each(rows.map((row) => [row.text, row] as const))('reads %j back as transformers does', (_, { ids, decoded }) => {
    expect(made.decode(ids)).toBe(decoded);
  });
});
