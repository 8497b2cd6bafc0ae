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

  it('finds the image token by its text where the configuration has no id', () => {
    expect(loadTokenizer(json('llava-tiny', 'tokenizer'), { eos_token: '</s>' }, {}).image).toBe(image);
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
