/**
 * What an iteration cost, from the marks of its work: what strategies are compared at. Examinations are left out: they
 * judge the method and are no part of it.
 */
import type { Ledger } from '../pools/ledger';
import type { Batch } from './augment';
import type { CourseMark } from './training';

/** Of one iteration. Stage 1 and relabelling are the same for every strategy and left out. */
export interface Cost {
  /** How often the teacher was asked in any of its roles, and the tokens that went through it for that. */
  teacherCalls: number;
  teacherTokens: number;
  /** How often the student answered what was assessed, or what was new. */
  studentCalls: number;
  /** Steps of training, and the tokens that went through the student for them. */
  steps: number;
  trainedTokens: number;
  /** Of either model's work; the two work side by side. */
  seconds: number;
}

export function costOf(iteration: number, ledger: Ledger): Cost {
  const cost: Cost = { teacherCalls: 0, teacherTokens: 0, studentCalls: 0, steps: 0, trainedTokens: 0, seconds: 0 };
  for (const { key, mark } of ledger.marksOf(iteration)) {
    if (key.phase === 'evaluate' || key.phase === 'load' || key.phase === 'save') continue;
    cost.seconds += mark.seconds;
    if (key.phase === 'tune') {
      cost.steps += (mark.result as CourseMark).losses.length;
      cost.trainedTokens += mark.tokens;
    } else if (key.item.startsWith('student/')) {
      cost.studentCalls += mark.calls;
    } else {
      cost.studentCalls += (mark.result as Partial<Batch> | null)?.studentCalls ?? 0;
      cost.teacherCalls += mark.calls;
      cost.teacherTokens += mark.tokens;
    }
  }
  return cost;
}

export const noCost: Cost = { teacherCalls: 0, teacherTokens: 0, studentCalls: 0, steps: 0, trainedTokens: 0, seconds: 0 };

/** The costs of several iterations together. */
export function sumOf(costs: readonly Cost[]): Cost {
  const total = { ...noCost };
  for (const cost of costs) for (const name of Object.keys(total) as (keyof Cost)[]) total[name] += cost[name];
  return total;
}
