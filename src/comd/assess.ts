/**
 * Assessment: teacher and student answer a sample of the cache pool, the assessor marks both answers twice with their
 * positions swapped, and what the student does badly beside its teacher is difficult.
 */
import type { Assessment } from '../pools/rows';
import type { InstructionRecord } from '../data/types';
import { shuffled, stream } from '../random';
import type { Settings } from '../settings';
import { difficulty, histogram, isDifficult, type Marks, meanMarks } from './difficulty';
import type { AssessedSample } from './events';
import type { MarkSheet } from './marks';
import type { Assessor, Comparison, Question } from './roles';

/** The cache records that iteration `iteration` compares on. */
export function drawSample(cache: readonly InstructionRecord[], iteration: number, settings: Settings): InstructionRecord[] {
  return shuffled(cache, stream(settings.seed, iteration, 'assess sample')).slice(0, settings.assessSample);
}

/** The records as questions to a role; `who` keeps the draws of two models apart. */
export function questionsTo(who: string, iteration: number, records: readonly InstructionRecord[]): Question[] {
  return records.map(({ id, image, instruction }) => ({ key: `${who}/${iteration}/${id}`, image, instruction }));
}

/** Has both answers of each record marked in both positions. `said` holds an answer per record. */
export async function compare(
  iteration: number, records: readonly InstructionRecord[], said: { teacher: string[]; student: string[] }, assess: Assessor,
): Promise<{ assessments: Assessment[]; tokens: number }> {
  const pairs = records.map((record, i) => ({ record, teacherAnswer: said.teacher[i] ?? '', studentAnswer: said.student[i] ?? '' }));
  const comparisons = pairs.flatMap(({ record: { id, image, instruction }, teacherAnswer, studentAnswer }): Comparison[] => [
    { key: `assess/${iteration}/${id}/teacher first`, image, instruction, a: teacherAnswer, b: studentAnswer },
    { key: `assess/${iteration}/${id}/student first`, image, instruction, a: studentAnswer, b: teacherAnswer },
  ]);
  const { sheets, tokens } = await assess(comparisons);
  const assessments = pairs.map(({ record, ...answers }, i) => ({
    iteration, id: record.id, ...answers, sheets: marksOf(sheets[2 * i] ?? null, sheets[2 * i + 1] ?? null),
  }));
  return { assessments, tokens };
}

/** The two sheets as marks of teacher and student: the second one had them swapped. */
function marksOf(teacherFirst: MarkSheet | null, studentFirst: MarkSheet | null): Assessment['sheets'] {
  return [
    teacherFirst && { teacher: teacherFirst.a, student: teacherFirst.b },
    studentFirst && { teacher: studentFirst.b, student: studentFirst.a },
  ];
}

/** An assessment with its S_k, or null where a sheet could not be read: it then belongs to neither set. */
export function judged(assessment: Assessment, record: InstructionRecord, settings: Settings): AssessedSample | null {
  const sheets = assessment.sheets.filter((sheet): sheet is Marks => sheet !== null);
  if (sheets.length === 0 || sheets.length < assessment.sheets.length) return null;
  const { teacherAnswer, studentAnswer } = assessment;
  const marks = meanMarks(sheets);
  const value = difficulty(settings.difficulty, sheets);
  return {
    record, teacherAnswer, studentAnswer, teacherMark: marks.teacher, studentMark: marks.student,
    difficulty: value, difficult: isDifficult(value, settings.tau),
  };
}

/** What an iteration's assessments say together. */
export interface Verdict {
  difficult: InstructionRecord[];
  easy: InstructionRecord[];
  unparsable: number;
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
  return {
    difficult: samples.filter((sample) => sample.difficult).map((sample) => sample.record),
    easy: samples.filter((sample) => !sample.difficult).map((sample) => sample.record),
    unparsable: assessments.length - samples.length,
    histogram: histogram(samples.map((sample) => sample.difficulty)),
  };
}
