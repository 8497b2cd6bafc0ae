/** What is counted of an iteration for its health. */
import { describe, expect, test } from 'vitest';
import { answersSeen, marksSeen, positionsSeen } from '../../../src/comd/observe';
import type { Assessment } from '../../../src/pools/rows';

type Pair = [teacher: number, student: number] | null;

function assessment(first: Pair, second: Pair, right: Assessment['right'] = null, studentAnswer = 'dog'): Assessment {
  const sheet = (pair: Pair) => pair && { teacher: pair[0], student: pair[1] };
  return { iteration: 1, id: 'r', teacherAnswer: 'cat', studentAnswer, sheets: [sheet(first), sheet(second)], right };
}

const teacherOnly = { teacher: true, student: false };

describe('answers', () => {
  const items = ['yes', 'no', 'two', 'a cat'].map((answer, i) => ({ id: `${i}`, image: 'i', instruction: 'q', answer, type: 't' }));

  test('are counted in the form in which they are compared', () => {
    expect(answersSeen(items, ['Yes.', 'yes', 'YES', 'cat'])).toEqual({ items: 4, commonest: 'yes', given: 0.75, trueOf: 0.25 });
  });

  test('of which none is commoner are told by the alphabet, and none are nothing', () => {
    expect(answersSeen(items, ['no', 'cat', 'yes', 'dog'])?.commonest).toBe('cat');
    expect(answersSeen([], [])).toBeNull();
  });
});

describe('marks', () => {
  test('prefer the right answer by their mean over both positions; a tie prefers neither', () => {
    expect(marksSeen([
      assessment([9, 2], [8, 3], teacherOnly), assessment([2, 9], [9, 2], teacherOnly), assessment([2, 9], [2, 9], { teacher: false, student: true }),
    ])).toEqual({ compared: 3, preferred: 2 });
  });

  test('are not counted where both or neither is right, the truth is not known, or a sheet cannot be read', () => {
    expect(marksSeen([
      assessment([9, 2], [9, 2], { teacher: true, student: true }), assessment([9, 2], [9, 2]), assessment(null, [9, 2], teacherOnly),
    ])).toBeNull();
  });
});

describe('positions', () => {
  test('flip a winner, or shift its lead only', () => {
    expect(positionsSeen([assessment([9, 2], [2, 9]), assessment([9, 2], [7, 4]), assessment([9, 5], [5, 5])])).toEqual({ compared: 3, flipped: 1, shift: (14 + 4 + 4) / 3 });
  });

  test('tell nothing of answers that say the same', () => {
    expect(positionsSeen([assessment([9, 2], [2, 9], null, 'Cat.')])).toBeNull();
  });
});
