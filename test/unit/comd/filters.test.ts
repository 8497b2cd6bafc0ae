/** Lion's filters: each reason, and what they let through. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FilterSettings, KnownInstructions, wordingFault } from '../../../src/comd/filters';
import { Sieve } from '../../../src/comd/sieve';
import { TestItems } from '../../../src/pools/test-items';
import { defaults } from '../../../src/settings';
import type { InstructionRecord } from '../../../src/data/types';

const seed = 'what is the colour of it';
const plain: FilterSettings = {
  dropMentions: true, leastWords: 4, lengthFactor: 4, dropPunctuation: true, asciiStart: true, dropRepeats: true, rougeLimit: 0.7, dedupe: 'image',
};

const none: FilterSettings = {
  dropMentions: false, leastWords: 0, lengthFactor: 0, dropPunctuation: false, asciiStart: false, dropRepeats: false, rougeLimit: 1, dedupe: 'image',
};
const pickOf = (settings: FilterSettings, names: (keyof FilterSettings)[]) => Object.fromEntries(names.map((name) => [name, settings[name]])) as Partial<FilterSettings>;

describe('wordingFault', () => {
  it.each([
    ['mentions instruction', 'Write an Instruction for this image'],
    ['too short', 'what is it?'],
    ['too long', Array.from({ length: 25 }, () => 'word').join(' ')],
    ['leading punctuation', '- which animal is on the left'],
    ['leading non-ASCII', '¿which animal is on the left'],
  ])('calls it "%s"', (reason, instruction) => {
    expect(wordingFault(instruction, seed, plain)).toBe(reason);
  });

  it.each([
    ['mentions instruction', { dropMentions: false }, 'Write an Instruction for this image'],
    ['too short', { leastWords: 0 }, 'what'],
    ['too long', { lengthFactor: 0 }, Array.from({ length: 500 }, () => 'word').join(' ')],
    ['leading punctuation', { dropPunctuation: false }, '- which animal is on the left'],
    ['leading non-ASCII', { asciiStart: false }, '¿which animal is on the left'],
  ] as const)('drops for "%s" only while that filter is on, whatever the others say', (reason, off, instruction) => {
    expect(wordingFault(instruction, seed, { ...plain, ...off })).toBeNull();
    expect(wordingFault(instruction, seed, { ...none, ...pickOf(plain, Object.keys(off) as (keyof typeof plain)[]) })).toBe(reason);
  });

  it('passes a plain question, and another language where that is allowed', () => {
    expect(wordingFault('which animal is on the left', seed, plain)).toBeNull();
    expect(wordingFault('ça fait combien de chats ici', seed, { ...plain, asciiStart: false })).toBeNull();
  });

  it('draws the line at lengthFactor times the words of the seed', () => {
    const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ');
    fc.assert(fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 4, max: 80 }), fc.integer({ min: 1, max: 8 }), (seedWords, count, lengthFactor) => {
      const fault = wordingFault(words(count), words(seedWords), { ...plain, lengthFactor });
      expect(fault).toBe(count > lengthFactor * seedWords ? 'too long' : null);
    }));
  });
});

describe('KnownInstructions', () => {
  const known = (settings: FilterSettings) => {
    const instructions = new KnownInstructions(settings);
    instructions.add('cat', 'which animal is on the left');
    return instructions;
  };

  it('finds the same words whatever their case and punctuation', () => {
    expect(known(plain).fault('cat', 'Which animal is, on the left?')).toBe('duplicate');
  });

  it('finds what is too similar, but only above the limit', () => {
    expect(known(plain).fault('cat', 'which animal is on the right')).toBe('too similar');
    expect(known({ ...plain, rougeLimit: 1 }).fault('cat', 'which animal is on the right')).toBeNull();
    expect(known(plain).fault('cat', 'how many hats are there')).toBeNull();
  });

  it('keeps repeats apart from likenesses: each has a filter of its own', () => {
    const repeat = 'which animal is on the left';
    expect(known({ ...plain, dropRepeats: false }).fault('cat', repeat)).toBe('too similar');
    expect(known({ ...plain, rougeLimit: 1 }).fault('cat', repeat)).toBe('duplicate');
    expect(known(none).fault('cat', repeat)).toBeNull();
  });

  it('compares within the image, or with all where that is asked for', () => {
    expect(known(plain).fault('dog', 'which animal is on the left')).toBeNull();
    expect(known({ ...plain, dedupe: 'global' }).fault('dog', 'which animal is on the left')).toBe('duplicate');
  });
});

describe('Sieve', () => {
  const record: InstructionRecord = { id: 'a', image: 'cat', instruction: seed, answer: 'red', source: 'dataset', iteration: 0 };
  const through = (instructions: string[], wanted = 10, testItems = new TestItems([]), settings: FilterSettings = defaults) => {
    const sieve = new Sieve(new KnownInstructions(settings), testItems, settings, wanted);
    return { sieve, kept: sieve.through(instructions.map((instruction) => ({ seed: record, image: record.image, instruction }))) };
  };

  it('keeps or counts every candidate', () => {
    const instruction = fc.array(fc.constantFrom('cat', 'dog', 'left', '?instruction', 'how', 'many'), { maxLength: 8 }).map((each) => each.join(' '));
    fc.assert(fc.property(fc.array(instruction), fc.nat(5), (instructions, wanted) => {
      const { sieve, kept } = through(instructions, wanted);
      expect(kept.length).toBeLessThanOrEqual(wanted);
      expect(kept.length + Object.values(sieve.dropped).reduce((a, b) => a + b, 0)).toBe(instructions.length);
    }));
  });

  it('compares candidates of one batch with each other', () => {
    const { sieve, kept } = through(['how many hats are there', 'How many hats are there?']);
    expect(kept).toHaveLength(1);
    expect(sieve.dropped).toEqual({ duplicate: 1 });
  });

  it('drops what happens to be a test item', () => {
    const testItems = new TestItems([{ image: 'cat', instruction: 'How many hats are there?' }]);
    const { sieve, kept } = through(['how many hats are there'], 10, testItems);
    expect(kept).toEqual([]);
    expect(sieve.dropped).toEqual({ 'test item': 1 });
  });

  it('with every filter off drops nothing but test items and what has no word', () => {
    const instructions = ['instruction', 'how many hats are there', 'how many hats are there', 'ça va', '', '?'];
    const { sieve, kept } = through(instructions, 10, new TestItems([{ image: 'cat', instruction: 'ça va' }]), none);
    expect(kept.map(({ instruction }) => instruction)).toEqual(instructions.slice(0, 3));
    expect(sieve.dropped).toEqual({ 'test item': 1, 'too short': 2 });
  });

  it('counts what came through but is no longer wanted as surplus', () => {
    const { sieve, kept } = through(['how many hats are there', 'which colour has the moon'], 1);
    expect(kept).toHaveLength(1);
    expect(sieve.dropped).toEqual({ surplus: 1 });
  });
});
