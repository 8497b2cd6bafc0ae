import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { Metadata, type MetadataValue } from '../../../../src/checkpoint/gguf/metadata';
import { parseGguf } from '../../../../src/checkpoint/gguf/parse';
import { tokenizerOf } from '../../../../src/checkpoint/gguf/tokenizer';
import { fixtureJson } from '../../../support/folder';
import { fixtureBytes } from './bytes-source';

interface Expected {
  texts: { text: string; ids: number[]; decoded: string }[];
}
const models = fixtureJson<Record<string, Expected>>('gguf/expected.json');

function metadataOf(name: string): Map<string, MetadataValue> {
  const bytes = fixtureBytes(name);
  const header = parseGguf(`${name}.gguf`, bytes, bytes.length);
  if (header === undefined) throw new Error(`${name} goes on`);
  return header.metadata;
}

function load(values: Map<string, MetadataValue>): { engine: Tokenizer; config: Record<string, unknown> } {
  const made = tokenizerOf(new Metadata('m.gguf', values), 384);
  return { engine: new Tokenizer(made?.tokenizer as object, made?.tokenizerConfig as object), config: made?.tokenizerConfig as Record<string, unknown> };
}

const changed = (name: string, changes: Record<string, MetadataValue | undefined>): Map<string, MetadataValue> => {
  const values = metadataOf(name);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) values.delete(key);
    else values.set(key, value);
  }
  return values;
};

describe.each(Object.entries(models))('the tokenizer of %s', (name, { texts }) => {
  const { engine } = load(metadataOf(name));

  it('gives the ids that the reference gives', () => {
    expect(texts.map(({ text }) => engine.encode(text, { add_special_tokens: false }).ids)).toEqual(texts.map(({ ids }) => ids));
  });

  it('decodes as the reference does', () => {
    const decode = (ids: number[]): string => ids.length === 0 ? '' : engine.decode(ids, { skip_special_tokens: true, clean_up_tokenization_spaces: false });
    expect(texts.map(({ ids }) => plain(decode(ids)))).toEqual(texts.map(({ decoded }) => plain(decoded)));
  });
});

/** The library drops a byte order mark that is spelt in byte tokens. */
function plain(text: string): string {
  return text.replaceAll('\ufeff', '');
}

describe('a tokenizer of a GGUF file', () => {
  it('names its special tokens and carries the chat template', () => {
    const { config } = load(metadataOf('llama3'));
    expect(config).toMatchObject({ bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>', add_bos_token: false, chat_template: expect.stringContaining('for message in messages') });
    expect(config).not.toHaveProperty('pad_token');
    expect(load(metadataOf('qwen2')).config).not.toHaveProperty('chat_template');
  });

  it('begins a text as the file says, and by default where it is SentencePiece', () => {
    const ids = (values: Map<string, MetadataValue>): number[] => load(values).engine.encode('a b').ids;
    expect(ids(metadataOf('mistral-spm'))[0]).toBe(1);
    expect(ids(metadataOf('qwen2'))[0]).not.toBe(1);
    const framed = ids(changed('qwen2', { 'tokenizer.ggml.add_bos_token': true, 'tokenizer.ggml.add_eos_token': true }));
    expect([framed[0], framed.at(-1)]).toEqual([1, 2]);
    expect(ids(changed('mistral-spm', { 'tokenizer.ggml.add_bos_token': false }))[0]).not.toBe(1);
  });

  it('puts no space before a text where the file says so', () => {
    const { engine } = load(changed('mistral-spm', { 'tokenizer.ggml.add_space_prefix': false }));
    const ids = engine.encode('boats', { add_special_tokens: false }).ids;
    expect(engine.decode(ids, { clean_up_tokenization_spaces: false })).toBe('boats');
    expect(engine.encode(' boats', { add_special_tokens: false }).ids).toEqual(load(metadataOf('mistral-spm')).engine.encode('boats', { add_special_tokens: false }).ids);
  });

  it('takes merges that a SentencePiece file lists before those that its scores imply', () => {
    const { engine } = load(changed('mistral-spm', { 'tokenizer.ggml.merges': [] }));
    expect(engine.encode('the', { add_special_tokens: false }).ids).toHaveLength(4);
  });

  it('has the merges, in the order, that transformers derives from scores', () => {
    const tokens = ['<unk>', 'a', 'b', 'ba', 'ab', 'aba', 'abab', 'é', 'éa'];
    const scores = [0, -9, -9, -2, -1, -3, -3, -9, -1];
    const made = tokenizerOf(new Metadata('m.gguf', new Map<string, MetadataValue>([['tokenizer.ggml.model', 'llama'], ['tokenizer.ggml.tokens', tokens], ['tokenizer.ggml.scores', scores]])), 9);
    expect(made?.tokenizer).toMatchObject({ model: { merges: [['a', 'b'], ['é', 'a'], ['b', 'a'], ['aba', 'b'], ['ab', 'ab'], ['ab', 'a'], ['a', 'ba']] } });
  });

  it('takes ids outside the vocabulary for none', () => {
    const { config } = load(changed('qwen2', { 'tokenizer.ggml.bos_token_id': 4_294_967_295 }));
    expect(config).not.toHaveProperty('bos_token');
  });

  it('keeps user-defined tokens whole and in the text', () => {
    const values = metadataOf('qwen2');
    const types = [...values.get('tokenizer.ggml.token_type') as number[]];
    const tokens = [...values.get('tokenizer.ggml.tokens') as string[]];
    types[383] = 4;
    tokens[383] = '<think>';
    const { engine } = load(changed('qwen2', { 'tokenizer.ggml.token_type': types, 'tokenizer.ggml.tokens': tokens }));
    const ids = engine.encode('a<think>b', { add_special_tokens: false }).ids;
    expect(ids).toContain(383);
    expect(engine.decode(ids, { skip_special_tokens: true })).toBe('a<think>b');
  });

  it('may be missing', () => {
    expect(tokenizerOf(new Metadata('m.gguf', new Map()), 10)).toBeUndefined();
  });

  it.each([
    ['of an unknown kind', { 'tokenizer.ggml.model': 'bert' }, 'checkpoint/unsupported', 'bert'],
    ['without tokens', { 'tokenizer.ggml.tokens': undefined }, 'checkpoint/corrupt', 'tokenizer.ggml.tokens'],
    ['without merges', { 'tokenizer.ggml.merges': undefined }, 'checkpoint/corrupt', 'tokenizer.ggml.merges'],
    ['with a merge of one token', { 'tokenizer.ggml.merges': ['ab'] }, 'checkpoint/corrupt', 'entry 0 is "ab"'],
    ['with fewer types than tokens', { 'tokenizer.ggml.token_type': [1] }, 'checkpoint/corrupt', '1 values for 384'],
    ['with tokens that are numbers', { 'tokenizer.ggml.tokens': [1, 2] }, 'checkpoint/corrupt', 'a list of texts'],
    ['with a template that is no text', { 'tokenizer.chat_template': 3 }, 'checkpoint/corrupt', 'a text, but is 3'],
  ] as const)('%s is refused by the key', (_, changes, code, words) => {
    expect(() => load(changed('qwen2', changes))).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }));
  });

  it('with more tokens than the embedding has rows is refused', () => {
    expect(() => tokenizerOf(new Metadata('m.gguf', metadataOf('qwen2')), 383)).toThrow(expect.objectContaining({ code: 'checkpoint/corrupt', message: expect.stringContaining('383 rows') }));
  });
});
