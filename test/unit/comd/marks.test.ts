/** Reading marks out of what an assessor wrote. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMarks } from '../../../src/comd/marks';

describe('parseMarks', () => {
  it('reads whatever marks in 1..10 stand on the last two score lines', () => {
    const mark = fc.integer({ min: 1, max: 10 });
    fc.assert(fc.property(mark, mark, (a, b) => {
      expect(parseMarks(`I see a cat.\nscore A: ${a}\nscore B: ${b}`)).toEqual({ a, b });
    }));
  });

  it('lets a changed mind count', () => {
    expect(parseMarks('score A: 1\nscore B: 2\nno, wait\nScore A: 9.5\nScore B: 3')).toEqual({ a: 9.5, b: 3 });
  });

  it('believes labels over order, and order where there are none', () => {
    expect(parseMarks('score B: 2\nscore A: 7')).toEqual({ a: 7, b: 2 });
    expect(parseMarks('score: 7\nscore: 2')).toEqual({ a: 7, b: 2 });
  });

  it.each([
    'The first answer names the animal, the second does not.\n\nScore A: 7\nScore B: 3',
    '**Score A:** 7/10\n**Score B:** 3/10',
    '### Scores\n- Score A: **7**\n- Score B: **3**',
    'Answer A: 7\nAnswer B: 3',
    'Answer A: 7/10.\nAnswer B: 3/10.',
    'Score for A = 7\nScore for B = 3',
    'Score for Answer A: 7 out of 10\nScore for Answer B: 3 out of 10',
    'Score of the answer (A): 7\nScore of the answer (B): 3',
    'Rating A - 7\nRating B - 3',
    'Answer A score: 7\nAnswer B score: 3',
    'Score A: 7, Score B: 3',
    'Score A is 7 because it is right. Score B is 3 because it is not.',
    'Assistant A: 7\nAssistant B: 3',
    'A: 7\nB: 3',
    'Score B: 3\nScore A: 7',
    'SCORE A : 7.0\r\nSCORE B : 3.0\r\n',
    '| Score A: 7 |\n| Score B: 3 |',
    'Answer A says 4, answer B says 5.\nScore A: 7\nScore B: 3',
    'Answer A: 4\nAnswer B: 5\nScore A: 7\nScore B: 3',
    'A is right.\n7 3',
    '7 3',
    'They differ.\n7, 3',
    'They differ.\n7/10 3/10',
    'They differ.\nScores: 7 and 3',
  ])('reads the many spellings of models of natural language: %j', (text) => {
    expect(parseMarks(text)).toEqual({ a: 7, b: 3 });
  });

  it('reads marks with decimals', () => {
    expect(parseMarks('Score for A = 9.5\nScore for B = 1.25')).toEqual({ a: 9.5, b: 1.25 });
    expect(parseMarks('8.5 7')).toEqual({ a: 8.5, b: 7 });
  });

  it.each([
    ['nothing', ''],
    ['prose with numbers', 'Answer A counts 4 birds and answer B counts 5 of the 10.'],
    ['answers that hold a number among words', 'Answer A: 4 birds\nAnswer B: 5 birds'],
    ['marks out of something else', 'Score A: 4/5\nScore B: 3/5'],
    ['an article that is no label', 'I give each a score: 7'],
    ['a share', 'Score A: 7%\nScore B: 3%'],
    ['decimal commas', 'Score A: 7,5\nScore B: 3,5'],
    ['two numbers that are not on the last line', '7 3\nAnswer A is better.'],
    ['three numbers', '7 3 5'],
    ['one number', '73'],
    ['two numbers outside of 1..10', '70 30'],
    ['one line', 'score A: 7'],
    ['a mark of 0', 'score A: 0\nscore B: 3'],
    ['a mark of 11', 'score A: 3\nscore B: 11'],
    ['a negative mark', 'score A: -3\nscore B: 1'],
    ['a word for a mark', 'score A: good\nscore B: 3'],
    ['the same answer twice', 'score A: 3\nscore A: 4'],
  ])('gives up on %s', (_, text) => {
    expect(parseMarks(text)).toBeNull();
  });

  it('never gives a mark outside of 1..10', () => {
    fc.assert(fc.property(fc.string(), fc.double(), fc.double(), (noise, a, b) => {
      const sheet = parseMarks(`${noise}\nscore A: ${a}\nscore B: ${b}`);
      for (const mark of sheet ? [sheet.a, sheet.b] : []) {
        expect(mark).toBeGreaterThanOrEqual(1);
        expect(mark).toBeLessThanOrEqual(10);
      }
    }));
  });
});
