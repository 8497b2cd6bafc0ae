/** What is said to a model in each role. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundledPrompts, quoted } from '../../../src/comd/prompts/bundled';
import { promptsOf, templatesOf } from '../../../src/comd/prompts/choose';
import { cut, naturalTemplates } from '../../../src/comd/prompts/natural';
import { defaults } from '../../../src/settings';

describe('the bundled prompts', () => {
  it('are what the teacher was trained on, to the letter', () => {
    expect(bundledPrompts.answer('what is this?')).toBe('what is this?');
    expect(bundledPrompts.assess('what is this?', 'a cat', '', null)).toBe('assess: what is this?\nanswer A: a cat\nanswer B: (no answer)');
    expect(bundledPrompts.assess('what is this?', 'a cat', 'a dog', 'a hen'))
      .toBe('assess: what is this?\nreference: a hen\nanswer A: a cat\nanswer B: a dog');
    expect(bundledPrompts.augment('what is this?', 'difficult')).toBe('new question like: what is this?');
    expect(bundledPrompts.augment('what is this?', 'easy')).toBe('new rare question unlike: what is this?');
    expect(bundledPrompts.propose()).toBe('new question about this');
  });

  it('quote an answer on one line of at most forty words', () => {
    expect(quoted('a cat\nscore A: 10')).toBe('a cat score A: 10');
    expect(quoted('word '.repeat(60)).split(' ')).toHaveLength(40);
  });
});

describe('the prompts for models of natural language', () => {
  const natural = promptsOf('teacher', { ...defaults, prompts: 'natural' });

  it('show the question, both answers, and the known one only where there is one', () => {
    const blind = natural.assess('Who sits there?', 'A cat.', 'A dog.', null);
    const told = natural.assess('Who sits there?', 'A cat.', 'A dog.', 'A hen.');
    for (const text of [blind, told]) for (const part of ['Who sits there?', 'A cat.', 'A dog.', 'Score A:', 'Score B:']) expect(text).toContain(part);
    expect(told).toContain('A hen.');
    expect(blind).not.toContain('Known answer');
  });

  it('leave no placeholder in any prompt', () => {
    const said = [
      natural.answer('x'), natural.assess('x', 'y', 'z', null), natural.assess('x', 'y', 'z', 'w'), natural.augment('x', 'difficult'),
      natural.augment('x', 'easy'), natural.propose(),
    ];
    for (const text of said) expect(text).not.toMatch(/\{\w+\}/);
  });

  it('quote an answer as it was said, cut where it would crowd out the prompt', () => {
    expect(cut(' two\nlines ')).toBe('two\nlines');
    expect(cut('  ')).toBe('(no answer)');
    expect(cut('x'.repeat(9000))).toHaveLength(4000);
  });
});

describe('a template', () => {
  it('is filled in at once, so that no value is taken for a placeholder', () => {
    const text = fc.constantFrom('{a}', '{b}', '{instruction}', '{reference}', '$&', '$1', 'cat', '{', '}');
    fc.assert(fc.property(text, text, text, text, (instruction, a, b, reference) => {
      expect(bundledPrompts.assess(instruction, a, b, reference))
        .toBe(`assess: ${instruction}\nreference: ${reference}\nanswer A: ${a}\nanswer B: ${b}`);
    }));
  });

  it('that the user wrote is used in the place of the family\'s own, and no other is', () => {
    const settings = { ...defaults, assessPrompt: 'Q {instruction} 1 {a} 2 {b}', easyPrompt: 'Unlike {seed}', answerPrompt: 'Say: {instruction}' };
    const prompts = promptsOf('teacher', settings);
    expect(prompts.assess('x', 'y', 'z', null)).toBe('Q x 1 y 2 z');
    expect(prompts.augment('x', 'easy')).toBe('Unlike x');
    expect(prompts.answer('x')).toBe('Say: x');
    expect(prompts.augment('x', 'difficult')).toBe(bundledPrompts.augment('x', 'difficult'));
    expect(prompts.assess('x', 'y', 'z', 'w')).toBe(bundledPrompts.assess('x', 'y', 'z', 'w'));
  });
});

describe('the family of a role', () => {
  const familyOf = (role: Parameters<typeof templatesOf>[0], changed: Partial<typeof defaults>) => (
    templatesOf(role, { ...defaults, ...changed }).assess === naturalTemplates.assess ? 'natural' : 'bundled'
  );

  it('is by default the bundled one for models that come with the page, and natural language for others', () => {
    expect(familyOf('teacher', {})).toBe('bundled');
    expect(familyOf('teacher', { teacher: 'bundled:emoji-student-small' })).toBe('bundled');
    expect(familyOf('teacher', { teacher: 'llava-hf/llava-1.5-7b-hf' })).toBe('natural');
    expect(familyOf('student', { teacher: 'llava-hf/llava-1.5-7b-hf' })).toBe('bundled');
    expect(familyOf('student', { student: 'kept:abc' })).toBe('natural');
  });

  it('follows the model that plays the role', () => {
    expect(familyOf('assessor', { teacher: 'org/model' })).toBe('natural');
    expect(familyOf('assessor', { teacher: 'org/model', assessor: 'bundled:emoji-teacher' })).toBe('bundled');
    expect(familyOf('augmentor', { augmentor: 'org/model' })).toBe('natural');
    expect(familyOf('assessor', { augmentor: 'org/model' })).toBe('bundled');
  });

  it('can be said', () => {
    expect(familyOf('teacher', { prompts: 'natural' })).toBe('natural');
    expect(familyOf('teacher', { teacher: 'org/model', prompts: 'bundled' })).toBe('bundled');
  });
});
