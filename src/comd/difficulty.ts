/**
 * Difficulty S_k of an instruction: how far the student's mark falls behind the teacher's. Signed and clipped, never
 * absolute: a student that beats its teacher has found the instruction easy.
 */
import type { Settings } from '../settings';

/** Ways to tell it from marks. */
export type DifficultyKind = Exclude<Settings['difficulty'], 'verifiable'>;

/** One assessor call: the marks, 1..10, that it gave to both answers. */
export interface Marks {
  teacher: number;
  student: number;
}

/** The mean of each model's marks over all calls. `sheets` must not be empty. */
export function meanMarks(sheets: readonly Marks[]): Marks {
  const mean = (of: (marks: Marks) => number) => sheets.reduce((sum, marks) => sum + of(marks), 0) / sheets.length;
  return { teacher: mean((marks) => marks.teacher), student: mean((marks) => marks.student) };
}

/**
 * S_k from the calls about one instruction (not empty). `relative`, `range` and `vote` lie in 0..1, `raw` in -9..9.
 * A teacher without a mark has shown nothing to catch up with: `relative` is then 0.
 */
export function difficulty(kind: DifficultyKind, sheets: readonly Marks[]): number {
  const { teacher, student } = meanMarks(sheets);
  switch (kind) {
    case 'relative': return teacher > 0 ? clip(1 - student / teacher) : 0;
    case 'range': return clip((teacher - student) / 9);
    case 'raw': return teacher - student;
    case 'vote': return sheets.filter((marks) => marks.teacher > marks.student).length / sheets.length;
  }
}

/** S_k from known truth: 1 where only the teacher is right, else 0; null where the truth is not known. */
export const verified = (right: { teacher: boolean; student: boolean } | null): number | null => (
  right === null ? null : Math.max(0, Number(right.teacher) - Number(right.student))
);

export const isDifficult = (value: number, tau: number): boolean => value >= tau;

/** Counts in ten equal bins over 0..1; values outside fall into the end bins. */
export function histogram(values: readonly number[]): number[] {
  const bins = new Array<number>(10).fill(0);
  for (const value of values) {
    const bin = Math.min(9, Math.floor(clip(value) * 10));
    bins[bin] = (bins[bin] as number) + 1;
  }
  return bins;
}

const clip = (value: number): number => Math.min(1, Math.max(0, value));
