/** Assessment apart from any model: what the assessor is shown, and what its marks make of a record. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, type Comparing, judged, verdictOn } from '../../../src/comd/assess';
import type { Comparison } from '../../../src/comd/roles';
import type { InstructionRecord } from '../../../src/data/types';
import type { Assessment } from '../../../src/pools/rows';
import { defaults } from '../../../src/settings';

const recordOf = (id: string, source: InstructionRecord['source'] = 'dataset'): InstructionRecord => (
  { id, image: `${id}.png`, instruction: `what is ${id}`, answer: id, source, iteration: 0 }
);

/** Compares with an assessor that gives A a 9 and B a 3, and tells what it was shown. */
async function compared(records: InstructionRecord[], said: { teacher: string[]; student: string[] }, changed: Partial<Omit<Comparing, 'settings'>> = {}, settings = defaults) {
  const shown: Comparison[] = [];
  const assess = async (comparisons: Comparison[]) => {
    shown.push(...comparisons);
    return { sheets: comparisons.map(() => ({ a: 9, b: 3 })), calls: comparisons.length, tokens: 7 };
  };
  const { assessments } = await compare({ iteration: 1, settings, assess, truth: () => null, ...changed }, records, said);
  return { shown, assessments };
}

const assessmentOf = (id: string, right: Assessment['right'], sheets: Assessment['sheets'] = [{ teacher: 9, student: 1 }]): Assessment => (
  { iteration: 1, id, teacherAnswer: 'x', studentAnswer: 'y', sheets, right }
);

describe('a comparison', () => {
  it('shows both answers in both positions, under keys of their own', async () => {
    const { shown, assessments } = await compared([recordOf('cat')], { teacher: ['cat'], student: ['dog'] });
    expect(shown.map(({ a, b }) => [a, b])).toEqual([['cat', 'dog'], ['dog', 'cat']]);
    expect(new Set(shown.map(({ key }) => key)).size).toBe(2);
    expect(assessments[0]?.sheets).toEqual([{ teacher: 9, student: 3 }, { teacher: 3, student: 9 }]);
  });

  it('shows a reference only where that is asked for, and only the data set\'s own answer', async () => {
    const records = [recordOf('cat'), recordOf('dog', 'teacher')];
    const said = { teacher: ['a', 'b'], student: ['c', 'd'] };
    expect((await compared(records, said)).shown.map(({ reference }) => reference)).toEqual([null, null, null, null]);
    const { shown } = await compared(records, said, {}, { ...defaults, reference: true });
    expect(shown.map(({ reference }) => reference)).toEqual(['cat', 'cat', null, null]);
  });

  it('notes which answer is right where the truth is known', async () => {
    const records = [recordOf('cat'), recordOf('dog'), recordOf('hen')];
    const truth = ({ id }: InstructionRecord) => (id === 'hen' ? null : id);
    const { assessments } = await compared(records, { teacher: ['A cat.', 'cat', 'hen'], student: ['dog', 'the dog', 'hen'] }, { truth });
    expect(assessments.map(({ right }) => right)).toEqual([{ teacher: true, student: false }, { teacher: false, student: true }, null]);
  });
});

describe('verifiable difficulty', () => {
  const settings = { ...defaults, difficulty: 'verifiable' as const };

  it('calls difficult what the teacher knows and the student does not, whatever the marks say', () => {
    const mark = fc.integer({ min: 1, max: 10 });
    fc.assert(fc.property(fc.boolean(), fc.boolean(), mark, mark, fc.double({ min: 0.01, max: 1, noNaN: true }), (teacher, student, t, s, tau) => {
      const sample = judged(assessmentOf('cat', { teacher, student }, [{ teacher: t, student: s }]), recordOf('cat'), { ...settings, tau });
      expect(sample?.difficult).toBe(teacher && !student);
    }));
  });

  it('leaves out what it cannot verify, and counts it apart from what could not be read', () => {
    const assessments = [assessmentOf('a', { teacher: true, student: false }), assessmentOf('b', null), assessmentOf('c', { teacher: true, student: true }, [null])];
    const records = ['a', 'b', 'c'].map((id) => recordOf(id));
    const verdict = verdictOn(assessments, records, settings);
    expect(verdict).toMatchObject({ unparsable: 1, unverifiable: 1, easy: [] });
    expect(verdict.difficult.map(({ id }) => id)).toEqual(['a']);
    expect(verdictOn(assessments, records, defaults)).toMatchObject({ unparsable: 1, unverifiable: 0 });
  });
});

describe('a verdict', () => {
  it('leaves an assessment with one unreadable sheet out of both sets', () => {
    const verdict = verdictOn([assessmentOf('a', null, [{ teacher: 9, student: 1 }, null]), assessmentOf('b', null)], [recordOf('a'), recordOf('b')], defaults);
    expect(verdict.difficult.map(({ id }) => id)).toEqual(['b']);
    expect(verdict.unparsable).toBe(1);
  });
});
