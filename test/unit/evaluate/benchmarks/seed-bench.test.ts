import { describe, expect, test } from 'vitest';
import { likeliest } from '../../../../src/evaluate/benchmarks/run';
import { openSeedBench } from '../../../../src/evaluate/benchmarks/seed-bench/open';
import { fixtureFiles } from '../../../support/benchmark-files';

describe('the folder', () => {
  test('gives questions about images by kind, leaves videos out, and refuses the rest by id', async () => {
    const { items, categories, refused, leftOut } = await openSeedBench(await fixtureFiles('seed-bench'));
    expect(items.map(({ id, categories: [kind] }) => `${id} ${kind}`)).toEqual([
      '101 Instances Counting', '102 Instance Attributes', '103 Instance Attributes', '104 Scene Understanding', '105 Instances Counting', '106 Spatial Relation',
    ]);
    expect(items[2]).toMatchObject({ image: 'SEED-Bench-image/1002_blue', prompt: 'What is the colour of the square?', choices: ['Red', 'Blue', 'Green', 'Black'], answer: 1 });
    expect(categories).toEqual(['Scene Understanding', 'Instance Attributes', 'Instances Counting', 'Spatial Relation']);
    expect(leftOut).toEqual({ 'questions about videos': 2 });
    expect(refused).toEqual([
      { id: '107', reason: expect.stringContaining('answer:') as string },
      { id: '108', reason: 'data_id: there is no file "SEED-Bench-image/missing"' },
    ]);
  });

  test('refuses a question twice, of no kind, or without an id, and goes on', async () => {
    const row = {
      question_id: '1', question: 'What?', choice_a: 'a', choice_b: 'b', choice_c: 'c', choice_d: 'd', answer: 'A', data_id: '1001_red', data_type: 'image', question_type_id: 1,
    };
    const questions = [row, row, { ...row, question_id: '2', question_type_id: 9 }, { ...row, question_id: null }, 'nonsense', { ...row, question_id: '3', choice_c: ' ' }, { ...row, question_id: '4' }];
    const files = await fixtureFiles('seed-bench', { 'SEED-Bench.json': JSON.stringify({ questions, question_type: { 'Scene Understanding': 1 } }) });
    const { items, refused } = await openSeedBench(files);
    expect(items.map(({ id }) => id)).toEqual(['1', '4']);
    expect(refused.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([
      '1: question_id: a question above has it', '2: question_type_id: "question_type" has no 9',
      expect.stringMatching(/^row 4: question_id:/), expect.stringMatching(/^row 5: the row:/), '3: choice_c: it is empty',
    ]);
  });
});

describe('the choice that a model takes', () => {
  const losses = [{ loss: 2, targets: 2 }, { loss: 1.5, targets: 6 }, { loss: 3, targets: 1 }];

  test('has the lowest mean loss a token, or the lowest sum', () => {
    expect(likeliest(losses, 'tokens')).toBe(1);
    expect(likeliest(losses, 'none')).toBe(2);
  });

  test('is the first of equals, and none where a loss is no number', () => {
    expect(likeliest([{ loss: 1, targets: 2 }, { loss: 1, targets: 2 }], 'tokens')).toBe(0);
    expect(likeliest([...losses, { loss: Number.NaN, targets: 1 }], 'tokens')).toBeNull();
    expect(likeliest([...losses, { loss: Infinity, targets: 1 }], 'none')).toBeNull();
  });
});
