/** S_k as a property of the marks. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { difficulty, type DifficultyKind, histogram, isDifficult, meanMarks } from '../../../src/comd/difficulty';

const mark = fc.double({ min: 1, max: 10, noNaN: true });
const marks = fc.record({ teacher: mark, student: mark });
const sheets = fc.array(marks, { minLength: 1, maxLength: 4 });
const clipped: DifficultyKind[] = ['relative', 'range', 'vote'];
const all: DifficultyKind[] = [...clipped, 'raw'];

describe('difficulty', () => {
  it.each(clipped)('of kind %s lies in 0..1', (kind) => {
    fc.assert(fc.property(sheets, (given) => {
      const value = difficulty(kind, given);
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }));
  });

  it.each(all)('of kind %s never rises with the student nor falls with the teacher', (kind) => {
    fc.assert(fc.property(marks, fc.double({ min: 0, max: 5, noNaN: true }), ({ teacher, student }, more) => {
      const value = difficulty(kind, [{ teacher, student }]);
      expect(difficulty(kind, [{ teacher, student: Math.min(10, student + more) }])).toBeLessThanOrEqual(value);
      expect(difficulty(kind, [{ teacher: Math.min(10, teacher + more), student }])).toBeGreaterThanOrEqual(value);
    }));
  });

  it.each(clipped)('of kind %s is nothing for a student as good as its teacher or better', (kind) => {
    fc.assert(fc.property(mark, fc.double({ min: 0, max: 9, noNaN: true }), (teacher, more) => {
      expect(difficulty(kind, [{ teacher, student: teacher + more }])).toBe(0);
    }));
  });

  it('makes everything difficult at tau 0 and nothing at tau 1, by default', () => {
    fc.assert(fc.property(sheets, (given) => {
      expect(isDifficult(difficulty('relative', given), 0)).toBe(true);
      expect(isDifficult(difficulty('relative', given), 1)).toBe(false);
    }));
  });

  it('is signed when raw', () => {
    expect(difficulty('raw', [{ teacher: 3, student: 9 }])).toBe(-6);
  });

  it('is relative to the mark of the teacher, and guards against a teacher without one', () => {
    expect(difficulty('relative', [{ teacher: 10, student: 1 }])).toBeCloseTo(0.9);
    expect(difficulty('relative', [{ teacher: 0, student: 0 }])).toBe(0);
  });

  it('counts the calls that the teacher wins outright', () => {
    expect(difficulty('vote', [{ teacher: 9, student: 2 }, { teacher: 5, student: 5 }])).toBe(0.5);
  });

  it('takes the mean mark over both positions', () => {
    expect(meanMarks([{ teacher: 10, student: 2 }, { teacher: 8, student: 4 }])).toEqual({ teacher: 9, student: 3 });
  });
});

describe('histogram', () => {
  it('holds every value once, those outside in the end bins', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: -9, max: 9, noNaN: true })), (values) => {
      expect(histogram(values).reduce((a, b) => a + b)).toBe(values.length);
    }));
    expect(histogram([-9, 0, 0.05, 0.1, 0.95, 1, 9])).toEqual([3, 1, 0, 0, 0, 0, 0, 0, 0, 3]);
  });
});
