/** The noun phrases of captions. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { isEnglish, phraseFinder, type PhraseFinder } from '../../../src/data/noun-phrases';

let phrasesOf: PhraseFinder;
beforeAll(async () => {
  phrasesOf = await phraseFinder();
});

describe('English captions', () => {
  it.each([
    ['a black dog jumps over the wooden fence in a park', ['black dog', 'wooden fence', 'park']],
    ['two children are eating ice cream', ['two children', 'ice cream']],
    ['a man riding a wave on top of a surfboard', ['man', 'wave', 'surfboard']],
    ['biological species perched on a branch', ['biological species', 'branch']],
    ['A LADYBUG!', ['ladybug']],
    ['An orange.', ['orange']],
  ])('of photographs: %s', (caption, phrases) => {
    expect(phrasesOf(caption)).toEqual(phrases);
  });

  it('of the emoji world', () => {
    expect(phrasesOf('a cat at the top left and a big banana')).toEqual(['cat', 'top left', 'big banana']);
  });

  it('keep the owner, the hyphen and the adverb within their phrase', () => {
    expect(phrasesOf("The snow-covered mountain's peak")).toEqual(["snow-covered mountain's peak"]);
    expect(phrasesOf('a very big cup on her old table')).toEqual(['very big cup', 'old table']);
  });

  it('take a participle in only behind a determiner or adjective', () => {
    expect(phrasesOf('a parked car')).toEqual(['parked car']);
    expect(phrasesOf('running shoes on a white background')).toEqual(['shoes', 'white background']);
  });

  it('have none where there is none', () => {
    expect(phrasesOf('it is here, and that was there.')).toEqual([]);
    expect(phrasesOf('')).toEqual([]);
  });
});

describe('captions of other languages', () => {
  it('are told by their script and their stop words', () => {
    for (const caption of ['ein Hund im Park', 'un chien dans le parc', 'un perro en el parque', 'een hond in het park', '公園の犬', 'собака в парке']) {
      expect(isEnglish(caption), caption).toBe(false);
    }
    for (const caption of ['a dog in the park', 'red lily', 'a café in São Paulo', 'a sign that says 公園', 'the fox in its den', '']) {
      expect(isEnglish(caption), caption).toBe(true);
    }
  });

  it('are parted at stop words and punctuation', () => {
    expect(phrasesOf('Ein schwarzer Hund, über dem Holzzaun im Park')).toEqual(['schwarzer hund', 'holzzaun', 'park']);
    expect(phrasesOf("un chien noir dans le parc de l'hôtel")).toEqual(['chien noir', 'parc', 'hôtel']);
  });

  it('are parted at what is written in hiragana, without spaces', () => {
    expect(phrasesOf('公園の黒い犬')).toEqual(['公園', '黒い犬']);
  });

  it('count word by word where no stop word parts a long run', () => {
    expect(phrasesOf('чёрная собака прыгает забор')).toEqual(['чёрная', 'собака', 'прыгает', 'забор']);
  });
});

it('a caption gives lower-cased phrases without space around, the same each time', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (caption) => {
    const found = phrasesOf(caption);
    expect(phrasesOf(`${caption}`)).toEqual(found);
    for (const phrase of found) expect(phrase).toBe(phrase.toLowerCase().trim());
    expect(found).not.toContain('');
  }), { numRuns: 200 });
});
