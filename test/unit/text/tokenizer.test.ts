import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadTokenizer, type Tokenizer } from '../../../src/text/tokenizer';
import { fixtureJson } from '../../support/folder';

interface Expected {
  promptText: string;
  promptIds: number[];
  answer: string;
  targetIds: number[];
}
const [pad, bos, eos, image] = [0, 1, 2, 3];
const json = (folder: string, file: string): Record<string, unknown> => fixtureJson(`${folder}/${file}.json`);

function load(folder: string, tokenizerConfig: unknown = json(folder, 'tokenizer_config')): Tokenizer {
  return loadTokenizer(json(folder, 'tokenizer'), tokenizerConfig, json(folder, 'config'));
}

describe.each(['llava-tiny', 'llava-tiny-f16'])('the tokenizer of %s', (folder) => {
  const tokenizer = load(folder);
  const expected = fixtureJson<Expected>(`${folder}/expected.json`);

  it('gives the ids that transformers gives', () => {
    expect(tokenizer.encode(expected.promptText)).toEqual(expected.promptIds);
    expect([...tokenizer.encode(` ${expected.answer}`), tokenizer.eos]).toEqual(expected.targetIds);
  });

  it('knows its special tokens and its size', () => {
    expect(tokenizer).toMatchObject({ pad, eos, image, vocabulary: 64 });
    expect(tokenizer.specials).toMatchObject({ bos_token: '<s>', eos_token: '</s>', pad_token: '<pad>' });
  });
});

describe('a tokenizer', () => {
  const tokenizer = load('llava-tiny');

  it('turns special tokens written in the text into their ids and adds none', () => {
    const ids = tokenizer.encode('<s>what<image>is</s>');
    expect(ids.filter((id) => id <= image)).toEqual([bos, image, eos]);
    expect(tokenizer.encode('what').filter((id) => id <= image)).toEqual([]);
    expect(tokenizer.encode('')).toEqual([]);
  });

  it('leaves special tokens out when decoding', () => {
    expect(tokenizer.decode([bos, image, ...tokenizer.encode(' a red hat'), eos, pad])).toBe(' a red hat');
    expect(tokenizer.decode([])).toBe('');
    expect(tokenizer.decode([eos])).toBe('');
  });

  it('decodes what it encoded, spaces before punctuation and newlines included', () => {
    const { vocab } = json('llava-tiny', 'tokenizer').model as { vocab: Record<string, number> };
    const alphabet = Object.keys(vocab).filter((token) => token.length === 1).map((token) => token.replace('Ġ', ' ').replace('Ċ', '\n'));
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...alphabet) }), (text) => {
      expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    }));
  });

  it('finds the end and padding tokens in objects, as older files write them, and pads with the end token otherwise', () => {
    expect(load('llava-tiny', { eos_token: { content: '</s>', lstrip: false }, pad_token: { content: '<pad>' } })).toMatchObject({ eos, pad });
    const config = { image_token_index: 3, text_config: { eos_token_id: [2, 5] } };
    expect(loadTokenizer(json('llava-tiny', 'tokenizer'), {}, config)).toMatchObject({ eos: 2, pad: 2, image: 3 });
  });

  it('finds the image token by its text where the configuration has no id, and has none where there is none', () => {
    expect(loadTokenizer(json('llava-tiny', 'tokenizer'), { eos_token: '</s>' }, {}).image).toBe(image);
    const { added_tokens, model, ...rest } = json('llava-tiny', 'tokenizer') as { added_tokens: { content: string }[]; model: { vocab: Record<string, number> } };
    const { '<image>': _image, ...vocab } = model.vocab;
    const bare = { ...rest, added_tokens: added_tokens.filter(({ content }) => content !== '<image>'), model: { ...model, vocab } };
    expect(loadTokenizer(bare, { eos_token: '</s>' }, {}).image).toBeUndefined();
  });

  it('ends answers where the generation settings say, else where the model\'s do, and at its own end token', () => {
    const ends = (config: unknown, generation?: unknown): readonly number[] => loadTokenizer(json('llava-tiny', 'tokenizer'), { eos_token: '</s>' }, config, generation).ends;
    expect(ends({ eos_token_id: 7 }, { eos_token_id: [5, 6] })).toEqual([eos, 5, 6]);
    expect(ends({ eos_token_id: 7 }, { eos_token_id: eos })).toEqual([eos]);
    expect(ends({ eos_token_id: 7, text_config: { eos_token_id: 8 } }, {})).toEqual([eos, 7]);
    expect(ends({ eos_token_id: null, text_config: { eos_token_id: 8 } })).toEqual([eos, 8]);
    const without = loadTokenizer(json('llava-tiny', 'tokenizer'), { eos_token: null, bos_token: null }, {}, { eos_token_id: [5, 6] });
    expect(without).toMatchObject({ eos: 5, ends: [5, 6] });
  });

  it('cuts out tokens that only its configuration names, with new ids where they have none', () => {
    const made = load('llava-tiny', { eos_token: '</s>', image_token: '<image>', extra_special_tokens: { fake_image_token: '<fake>', global_image_token: { content: '<whole>' } } });
    expect(made.encode('<fake><whole><image>')).toEqual([64, 65, image]);
    expect(made.vocabulary).toBe(66);
    expect(made.imageTokens).toEqual({ image: '<image>', fake: '<fake>', global: '<whole>' });
    expect(made.decode([64, image])).toBe('');
  });

  it('takes a prompt of a thousand image tokens', () => {
    const run = '<image>'.repeat(1100);
    expect(tokenizer.encode(`<s>${run}</s>`)).toEqual([bos, ...Array<number>(1100).fill(image), eos]);
  });

  it('can be built from its own file alone, without a configuration', () => {
    expect(loadTokenizer(json('llava-tiny', 'tokenizer'), undefined, { eos_token_id: 2 })).toMatchObject({ eos, pad: eos, specials: {} });
  });

  it('says which file is missing, and how to make it', () => {
    expect(() => loadTokenizer(undefined, {}, {})).toThrow(expect.objectContaining({
      code: 'checkpoint/missing-file', message: expect.stringContaining('tokenizer.json'), remedy: expect.stringContaining('tokenizer.model'),
    }));
  });

  it('is refused with a token id that is no id, by its place', () => {
    expect(() => loadTokenizer(json('llava-tiny', 'tokenizer'), { eos_token: '</s>' }, { text_config: { pad_token_id: -1 } }))
      .toThrow(expect.objectContaining({ code: 'checkpoint/unsupported', message: expect.stringContaining('text_config.pad_token_id') }));
  });

  it('is refused without an end token, and when its kind is unknown', () => {
    expect(() => loadTokenizer(json('llava-tiny', 'tokenizer'), {}, {})).toThrow(expect.objectContaining({ code: 'checkpoint/unsupported', remedy: expect.stringContaining('eos_token') }));
    expect(() => loadTokenizer({ model: { type: 'Nonsense' } }, {}, {})).toThrow(expect.objectContaining({ code: 'checkpoint/unsupported', message: expect.stringContaining('tokenizer.json') }));
    expect(() => loadTokenizer(null, {}, {})).toThrow(expect.objectContaining({ code: 'checkpoint/unsupported' }));
  });
});
