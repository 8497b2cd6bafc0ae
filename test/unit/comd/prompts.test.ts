/** The strings that the bundled teacher knows. */
import { describe, expect, it } from 'vitest';
import { emojiPrompts, quoted } from '../../../src/comd/prompts';

describe('the emoji prompts', () => {
  it('are what the teacher was trained on, to the letter', () => {
    expect(emojiPrompts.answer('what is this?')).toBe('what is this?');
    expect(emojiPrompts.assess('what is this?', 'a cat', '')).toBe('assess: what is this?\nanswer A: a cat\nanswer B: (no answer)');
    expect(emojiPrompts.augment('what is this?', 'difficult')).toBe('new question like: what is this?');
    expect(emojiPrompts.augment('what is this?', 'easy')).toBe('new rare question unlike: what is this?');
  });

  it('quote an answer on one line of at most forty words', () => {
    expect(quoted('a cat\nscore A: 10')).toBe('a cat score A: 10');
    expect(quoted('word '.repeat(60)).split(' ')).toHaveLength(40);
  });
});
