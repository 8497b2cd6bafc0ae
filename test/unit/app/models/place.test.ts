import { describe, expect, test } from 'vitest';
import { compositionOf, blankComposition } from '../../../../src/app/models/composition';
import { addressOf, isGiven, nowhere, placeName, placeOf } from '../../../../src/app/models/place';
import { questionOf } from '../../../../src/app/models/question';
import { keptModel } from '../../../support/fake-library';

const base = 'http://page.test/folder/';
const files = { kind: 'files', name: 'SmolVLM', files: [] as File[] } as const;

describe('the address of a model', () => {
  test.each([
    ['HuggingFaceTB/SmolVLM-256M-Instruct', 'https://huggingface.co/HuggingFaceTB/SmolVLM-256M-Instruct'],
    ['huggingface.co/org/name', 'https://huggingface.co/org/name'],
    ['https://huggingface.co/org/name/', 'https://huggingface.co/org/name'],
    ['https://host.test/models/a b/x.gguf', 'https://host.test/models/a%20b/x.gguf'],
    ['http://localhost:8000', 'http://localhost:8000'],
    ['./models/emoji-student', 'http://page.test/folder/models/emoji-student'],
    ['/models/emoji-student', 'http://page.test/models/emoji-student'],
  ])('%s means %s', (text, url) => {
    expect(addressOf(text, 'the model', base)).toBe(url);
  });

  test.each(['SmolVLM', 'ftp://host.test/x', 'a/b/c', 'javascript:alert(1)', 'https://'])('is refused where it is "%s"', (text) => {
    expect(() => addressOf(text, 'the decoder', base)).toThrow(expect.objectContaining({ code: 'settings/invalid', message: expect.stringContaining('the decoder') }));
  });
});

describe('where a model is', () => {
  test('is the kept one before picked files, and those before an address', () => {
    expect(placeOf({ kept: 'id', picked: files, text: 'org/name' }, 'the model', base)).toEqual({ kind: 'kept', id: 'id' });
    expect(placeOf({ kept: '', picked: files, text: 'org/name' }, 'the model', base)).toBe(files);
    expect(placeOf({ ...nowhere, text: ' org/name ' }, 'the model', base)).toEqual({ kind: 'url', url: 'https://huggingface.co/org/name' });
  });

  test('is asked for where nothing is given', () => {
    expect(isGiven({ ...nowhere, text: ' ' })).toBe(false);
    expect(() => placeOf(nowhere, 'the adapter', base)).toThrow('Nothing says where the adapter is.');
  });

  test('is named by the last part of its address, its folder, or as it is kept', () => {
    expect(placeName({ kind: 'url', url: 'https://host.test/a/my%20model' }, [])).toBe('my model');
    expect(placeName(files, [])).toBe('SmolVLM');
    expect(placeName({ kind: 'kept', id: 'tiny' }, [keptModel('Tiny')])).toBe('Tiny');
  });
});

describe('a composition', () => {
  const draft = { ...blankComposition, tower: { ...nowhere, kept: 'siglip' }, decoder: { ...nowhere, text: 'org/llm' }, name: ' student ' };

  test('is read from its fields', () => {
    expect(compositionOf(draft, base)).toEqual({
      tower: { kind: 'kept', id: 'siglip' }, decoder: { kind: 'url', url: 'https://huggingface.co/org/llm' }, connector: 'mlp', name: 'student', seed: 1,
    });
  });

  test.each([
    [{ name: ' ' }, 'no name'], [{ seed: '1.5' }, '"seed"'], [{ tower: nowhere }, 'the vision tower'], [{ decoder: nowhere }, 'the decoder'],
  ])('with %o is refused for %s', (change, words) => {
    expect(() => compositionOf({ ...draft, ...change }, base)).toThrow(words);
  });
});

describe('a question', () => {
  const draft = { prompt: ' What is it? ', maxNewTokens: '64', temperature: '0.5', seed: '7' };

  test('is read from its fields', () => {
    expect(questionOf(draft)).toEqual({ prompt: 'What is it?', maxNewTokens: 64, temperature: 0.5, seed: 7 });
  });

  test.each([[{ prompt: '\n' }, 'Nothing is asked'], [{ maxNewTokens: '0' }, 'maxNewTokens'], [{ temperature: 'hot' }, 'emperature'], [{ seed: '-1' }, 'seed']])(
    'with %o is refused for %s',
    (change, words) => { expect(() => questionOf({ ...draft, ...change })).toThrow(words); },
  );
});
