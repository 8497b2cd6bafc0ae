import { describe, expect, test } from 'vitest';
import { openLlavaBench } from '../../../../src/evaluate/benchmarks/llava-bench/open';
import { readReview, reviewPrompt } from '../../../../src/evaluate/benchmarks/llava-bench/review';
import { scoreReviews } from '../../../../src/evaluate/benchmarks/llava-bench/reviews';
import { relativeScore } from '../../../../src/evaluate/benchmarks/result';
import { fixtureFiles } from '../../../support/benchmark-files';

describe('the marks of a review', () => {
  test.each([
    ['8 6', [8, 6]],
    ['8 6\nThe second is shorter.', [8, 6]],
    ['8, 6\n', [8, 6]],
    ['8,6', [8, 6]],
    ['7.5 10', [7.5, 10]],
    ['\n  9   1  \nas I said', [9, 1]],
  ])('of %j are %j', (review, marks) => {
    expect(readReview(review)).toEqual(marks);
  });

  test.each(['', 'Both are good.', '8', '8 6 7', 'Assistant 1: 8 6', '8/10 6/10', '0 5', '11 5', '-1 -1', 'I think:\n8 6'])('of %j are none', (review) => {
    expect(readReview(review)).toBeNull();
  });
});

describe('the relative score', () => {
  test('is a ratio of means and not a mean of ratios', () => {
    // Means 6 and 5: 83.3. The mean of the ratios would be (0.5 + 4) / 2: 225.
    expect(relativeScore([[10, 5], [1.25, 5], [6.75, 5]]).score).toBeCloseTo(100 * 5 / 6, 10);
    expect(relativeScore([[10, 5], [1.25, 5]]).score).toBeCloseTo(100 * 10 / 11.25, 10);
  });

  test('is none of nothing', () => {
    expect(relativeScore([])).toEqual({ score: null, items: 0 });
  });
});

describe('the folder', () => {
  test('gives questions with context and reference, and refuses by id what lacks one', async () => {
    const { items, categories, refused } = await openLlavaBench(await fixtureFiles('llava-bench'));
    expect(items.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    expect(items[4]).toMatchObject({ image: 'images/002.png', context: 'A blue square.\nThe page is white.', reference: 'A reference answer to question 4.', categories: ['conv'] });
    expect(categories).toEqual(['conv', 'detail', 'complex']);
    expect(refused).toEqual([
      { id: '8', reason: 'image: no context describes "003.png"' },
      { id: '9', reason: 'image: there is no file "images/009.png"' },
    ]);
  });

  test('names the lines that it cannot read', async () => {
    const files = await fixtureFiles('llava-bench', {
      'questions.jsonl': '{"question_id": 0, "image": "001.png", "text": "What?", "category": "conv"}\nnonsense\n\n{"question_id": 1, "image": "001.png", "category": "conv"}\n',
      'answers_gpt4.jsonl': '{"question_id": 0, "text": ""}',
    });
    expect((await openLlavaBench(files)).refused.map(({ id, reason }) => `${id} ${reason}`)).toEqual([
      'questions.jsonl:2 it is not JSON', expect.stringMatching(/^questions.jsonl:4 text:/),
      '0 question_id: there is no reference answer for it (answers_gpt4.jsonl:1 cannot be read: text: it is empty)',
    ]);
  });

  test('may be that of the earlier set over COCO, whose context is captions and boxes', async () => {
    const files = {
      'qa90_questions.jsonl': '{"question_id": 0, "image": "01.jpg", "text": "What?", "category": "conv"}',
      'caps_boxes_coco2014_val_80.jsonl': '{"image": "01.jpg", "captions": ["A cat.", "A pet."], "instances": [{"category": "cat", "bbox": [0.1, 0.2, 0.5, 0.9]}]}',
      'qa90_gpt4_answer.jsonl': '{"question_id": 0, "text": "A cat."}',
      'val2014/COCO_val2014_01.jpg': '',
    };
    const there = new Map(Object.entries(files));
    const { items } = await openLlavaBench({ has: async (path) => there.has(path), text: async (path) => there.get(path) ?? '' });
    expect(items).toMatchObject([{ image: 'val2014/COCO_val2014_01.jpg', context: 'A cat.\nA pet.\n\ncat: [0.1, 0.2, 0.5, 0.9]' }]);
  });

  test('says which file is missing', async () => {
    await expect(openLlavaBench({ has: async () => false, text: async () => '' })).rejects.toMatchObject({ code: 'data/malformed-record', message: expect.stringContaining('"questions.jsonl"') as string });
  });
});

test('an assessor is told context, question, the reference first and then the answer', async () => {
  const { items: [item] } = await openLlavaBench(await fixtureFiles('llava-bench'));
  const prompt = reviewPrompt(item!, 'It is red.');
  const places = ['A red square in the middle', 'What colour is the square?', 'A reference answer to question 0.', 'It is red.', 'on the first line'].map((part) => prompt.indexOf(part));
  expect(places.every((place) => place >= 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test('reviews that were written before are scored the same way, unreadable ones counted and in no score', async () => {
  const result = await scoreReviews(await fixtureFiles('llava-bench'), 'reviews.jsonl');
  // Readable: 8 6, 9 9, 7 3, 10 10. Means 8.5 and 7.
  expect(result.overall).toBeCloseTo(100 * 28 / 34, 10);
  expect(result.byCategory).toEqual({ complex: { score: 100 * 13 / 17, items: 2 }, conv: { score: 75, items: 1 }, detail: { score: 100, items: 1 } });
  expect(result.counts).toEqual({ items: 5, scored: 4, refused: 0, unparsed: 1, leftOut: {} });
});
