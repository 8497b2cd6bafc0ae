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
    ['nothing', ''],
    ['one line', 'score A: 7'],
    ['two marks on one line', 'score A: 7 score B: 3'],
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
