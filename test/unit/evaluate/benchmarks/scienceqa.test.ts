import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { openScienceQa } from '../../../../src/evaluate/benchmarks/scienceqa/open';
import { categoriesOf, Problem } from '../../../../src/evaluate/benchmarks/scienceqa/problem';
import { promptOf } from '../../../../src/evaluate/benchmarks/scienceqa/prompt';
import { readAnswer } from '../../../../src/evaluate/benchmarks/scienceqa/read-answer';
import { fixtureFiles } from '../../../support/benchmark-files';

describe('the choice that an answer names', () => {
  test.each([
    ['a lone letter', 'B', 1],
    ['a lone letter with space around it', ' C\n', 2],
    ['a letter, a dot and what it stands for', 'B. a dog', 1],
    ['one saying', 'It barks. The answer is B.', 1],
    ['one saying in the middle of the line', 'The answer is A. BECAUSE: it meows.', 0],
    ['one saying with another sign for the dot, as the original reads it', 'The answer is B, I think', 1],
    ['one saying about the last choice', 'The answer is C.', 2],
  ])('is read from %s: %j', (_, answer, choice) => {
    expect(readAnswer(answer, 3)).toBe(choice);
  });

  test.each([
    ['nothing', ''],
    ['a lower-case letter', 'b'],
    ['a letter and a dot alone, which the original does not read either', 'B.'],
    ['a letter in brackets', '(B)'],
    ['a letter with another sign after it', 'B: a dog'],
    ['a letter, a dot and the end of the line', 'B.\na dog'],
    ['two sayings', 'The answer is A. No: The answer is B.'],
    ['two sayings that agree', 'The answer is B. Yes: The answer is B.'],
    ['a saying at the very end without a dot', 'The answer is B'],
    ['a saying in other letters', 'the answer is B.'],
    ['a lower-case letter in the saying', 'The answer is b.'],
    ['the text of a choice', 'a dog'],
    ['a letter beyond the choices', 'D'],
    ['a letter beyond the choices with a text', 'E. a bird'],
    ['a saying beyond the choices', 'The answer is D.'],
    ['a letter that no problem has', 'The answer is Z.'],
  ])('is none for %s: %j', (_, answer) => {
    expect(readAnswer(answer, 3)).toBeNull();
  });

  test('may be E where there are five', () => {
    expect(readAnswer('E', 5)).toBe(4);
    expect(readAnswer('F', 5)).toBeNull();
  });
});

const whole = {
  question: 'Which animal is drawn?', choices: ['a cat', 'a dog'], answer: 1, hint: '', image: null, grade: 'grade6', subject: 'natural science', split: 'test',
};
const problem = (change: object): Problem => v.parse(Problem, { ...whole, ...change });

describe('the categories of a problem', () => {
  test.each([
    [{}, ['NAT', 'NO', 'G1-6']],
    [{ subject: 'social science', grade: 'grade7' }, ['SOC', 'NO', 'G7-12']],
    [{ subject: 'language science', grade: 'grade12', hint: 'Look.' }, ['LAN', 'TXT', 'G7-12']],
    [{ image: 'image.png', grade: 'grade1' }, ['NAT', 'IMG', 'G1-6']],
    [{ image: 'image.png', hint: 'Look.', grade: 'grade10' }, ['NAT', 'TXT', 'IMG', 'G7-12']],
    [{ image: '' }, ['NAT', 'NO', 'G1-6']],
  ])('of %j are %j', (change, categories) => {
    expect(categoriesOf(problem(change))).toEqual(categories);
  });
});

describe('the prompt', () => {
  test('gives context, question and lettered options, and asks for the letter', () => {
    expect(promptOf({ question: 'Which  is it?', hint: ' Look  here. ', choices: ['red', 'blue'] })).toBe([
      'Context: Look here.', 'Question: Which is it?', 'Options: (A) red (B) blue', 'Answer with the option\'s letter from the given choices directly.',
    ].join('\n'));
  });

  test('says N/A where there is no context', () => {
    expect(promptOf(problem({}))).toMatch(/^Context: N\/A\nQuestion: /);
  });
});

describe('the folder', () => {
  test('gives the problems of a split in its order, and refuses by id what has no image', async () => {
    const { name, items, refused, categories } = await openScienceQa(await fixtureFiles('scienceqa'));
    expect(name).toBe('ScienceQA test');
    expect(items.map(({ id }) => id)).toEqual(['4', '7', '9', '12', '15', '20', '21', '22']);
    expect(items[0]).toMatchObject({ image: 'images/test/4/image.png', question: 'Which animal is drawn?', answer: 1, categories: ['NAT', 'IMG', 'G1-6'] });
    expect(items[2]).toMatchObject({ image: null, choices: ['iron', 'wood', 'glass', 'paper', 'wool'] });
    expect(refused).toEqual([
      { id: '30', reason: 'choices: it has fewer than 2 choices' },
      { id: '31', reason: 'image: there is no file "images/test/31/image.png"' },
    ]);
    expect(categories).toEqual(['NAT', 'SOC', 'LAN', 'TXT', 'IMG', 'NO', 'G1-6', 'G7-12']);
  });

  test.each([
    [{ answer: 2 }, 'answer: it names no choice'],
    [{ answer: 0.5 }, 'answer:'],
    [{ choices: ['a', 'b', 'c', 'd', 'e', 'f'] }, 'choices: it has more than 5 choices'],
    [{ choices: ['a', 1] }, 'choices.1:'],
    [{ grade: 'grade13' }, 'grade: it is none of grade1 to grade12'],
    [{ subject: 'art' }, 'subject:'],
    [{ question: ' ' }, 'question: it is empty'],
    [{ hint: null }, 'hint:'],
  ])('refuses a problem with %j and goes on', async (change, reason) => {
    const files = await fixtureFiles('scienceqa', {
      'problems.json': JSON.stringify({ 1: { ...whole, ...change }, 2: whole }), 'pid_splits.json': JSON.stringify({ test: ['1', '2', '3', '2'] }),
    });
    const { items, refused } = await openScienceQa(files);
    expect(items.map(({ id }) => id)).toEqual(['2']);
    expect(refused).toEqual([{ id: '1', reason: expect.stringContaining(reason) as string }, { id: '3', reason: 'problems.json has no problem of this id' }]);
  });

  test('says which splits there are, and which file cannot be read', async () => {
    await expect(openScienceQa(await fixtureFiles('scienceqa'), 'exam')).rejects.toMatchObject({ code: 'settings/invalid', remedy: expect.stringContaining('train, val, test, minival') as string });
    await expect(openScienceQa(await fixtureFiles('scienceqa', { 'problems.json': '[' }))).rejects.toMatchObject({ code: 'data/malformed-record', message: '"problems.json" cannot be read (it is not JSON).' });
    await expect(openScienceQa(await fixtureFiles('scienceqa', { 'pid_splits.json': '{"test": 1}' }))).rejects.toThrow('pid_splits.json" cannot be read (test:');
  });
});
