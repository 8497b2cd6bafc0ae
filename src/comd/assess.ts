/**
 * Assessment: teacher and student answer a sample of the cache pool, the assessor marks both answers twice with their
 * positions swapped, and what the student does badly beside its teacher is difficult.
 */
import type { Assessment } from '../pools/rows';
import type { InstructionRecord } from '../data/types';
import { matches } from '../evaluate/match';
import { permutation } from '../permutation';
import type { Range } from '../pools/segments';
import type { Settings } from '../settings';
import { difficulty, histogram, isDifficult, type Marks, meanMarks, verified } from './difficulty';
import type { AssessedSample } from './events';
import type { MarkSheet } from './marks';
import type { Assessor, Comparison, Question } from './roles';

/** Ordinals of the records that iteration `iteration` compares on, drawn without repeats from a range of the pool. */
export function drawSample({ from, size }: Range, iteration: number, { seed, assessSample }: Pick<Settings, 'seed' | 'assessSample'>): number[] {
  const at = permutation(size, seed, iteration, 'assess sample');
  return Array.from({ length: Math.min(size, assessSample) }, (_, place) => from + at(place));
}

/** The records as questions to a role; `who` keeps the draws of two models apart. */
export function questionsTo(who: string, iteration: number, records: readonly InstructionRecord[]): Question[] {
  return records.map(({ id, image, instruction }) => ({ key: `${who}/${iteration}/${id}`, image, instruction }));
}

/** What an iteration compares by. */
export interface Comparing {
  iteration: number;
  settings: Settings;
  assess: Assessor;
  /** The true answer to a record where it is known: what `verifiable` goes by, and what tells whether marks can be trusted. */
  truth(record: InstructionRecord): string | null;
}

/** Has both answers of each record marked in both positions. `said` holds an answer per record. */
export async function compare(
  { iteration, settings, assess, truth }: Comparing, records: readonly InstructionRecord[], said: { teacher: string[]; student: string[] },
): Promise<{ assessments: Assessment[]; calls: number; tokens: number }> {
  const pairs = records.map((record, i) => ({ record, teacherAnswer: said.teacher[i] ?? '', studentAnswer: said.student[i] ?? '' }));
  const comparisons = pairs.flatMap(({ record, teacherAnswer, studentAnswer }): Comparison[] => {
    const { id, image, instruction } = record;
    const asked = { image, instruction, reference: settings.reference ? knownAnswer(record) : null };
    return [
      { key: `assess/${iteration}/${id}/teacher first`, ...asked, a: teacherAnswer, b: studentAnswer },
      { key: `assess/${iteration}/${id}/student first`, ...asked, a: studentAnswer, b: teacherAnswer },
    ];
  });
  const { sheets, calls, tokens } = await assess(comparisons);
  const assessments = pairs.map(({ record, ...answers }, i): Assessment => ({
    iteration, id: record.id, ...answers, sheets: marksOf(sheets[2 * i] ?? null, sheets[2 * i + 1] ?? null), right: rightness(answers, truth(record)),
  }));
  return { assessments, calls, tokens };
}

/** The data set's own answer to a record; null for one whose answer the teacher wrote. */
export const knownAnswer = ({ answer, source }: InstructionRecord): string | null => (source === 'dataset' ? answer : null);

function rightness({ teacherAnswer, studentAnswer }: { teacherAnswer: string; studentAnswer: string }, truth: string | null): Assessment['right'] {
  return truth === null ? null : { teacher: matches(teacherAnswer, truth), student: matches(studentAnswer, truth) };
}

/** The two sheets as marks of teacher and student: the second one had them swapped. */
function marksOf(teacherFirst: MarkSheet | null, studentFirst: MarkSheet | null): Assessment['sheets'] {
  return [
    teacherFirst && { teacher: teacherFirst.a, student: teacherFirst.b },
    studentFirst && { teacher: studentFirst.b, student: studentFirst.a },
  ];
}

/**
 * An assessment with its S_k, or null where a sheet could not be read, or where its truth is not known and `verifiable`
 * asks for it: it then belongs to neither set.
 */
export function judged(assessment: Assessment, record: InstructionRecord, settings: Settings): AssessedSample | null {
  const sheets = readable(assessment);
  if (!sheets) return null;
  const { teacherAnswer, studentAnswer } = assessment;
  const marks = meanMarks(sheets);
  const value = settings.difficulty === 'verifiable' ? verified(assessment.right) : difficulty(settings.difficulty, sheets);
  if (value === null) return null;
  return {
    record, teacherAnswer, studentAnswer, teacherMark: marks.teacher, studentMark: marks.student,
    difficulty: value, difficult: isDifficult(value, settings.tau),
  };
}

/** The marks of all calls about one record; null where one of them could not be read. */
function readable({ sheets }: Assessment): Marks[] | null {
  const read = sheets.filter((sheet): sheet is Marks => sheet !== null);
  return read.length > 0 && read.length === sheets.length ? read : null;
}

/** What an iteration's assessments say together. */
export interface Verdict {
  difficult: InstructionRecord[];
  easy: InstructionRecord[];
  /** Assessments that belong to neither set: a sheet could not be read; or the truth is not known, which `verifiable` goes by. */
  unparsable: number;
  unverifiable: number;
  histogram: number[];
}

/** Splits the sample of an iteration by tau. `records` holds at least the records that were assessed. */
export function verdictOn(assessments: readonly Assessment[], records: readonly InstructionRecord[], settings: Settings): Verdict {
  const byId = new Map(records.map((record) => [record.id, record]));
  const samples = assessments.flatMap((assessment) => {
    const record = byId.get(assessment.id);
    const sample = record ? judged(assessment, record, settings) : null;
    return sample ? [sample] : [];
  });
  const unparsable = assessments.filter((assessment) => !readable(assessment)).length;
  return {
    difficult: samples.filter((sample) => sample.difficult).map((sample) => sample.record),
    easy: samples.filter((sample) => !sample.difficult).map((sample) => sample.record),
    unparsable,
    unverifiable: assessments.length - samples.length - unparsable,
    histogram: histogram(samples.map((sample) => sample.difficulty)),
  };
}
