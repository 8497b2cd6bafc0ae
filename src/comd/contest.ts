/**
 * Which new records are worth a place: those that the student answers otherwise than its teacher, so that no record joins that it
 * could have done without. It looks at words alone, for one answer of the student instead of two mark sheets; marks are the assessor's.
 */
import { matches } from '../evaluate/match';
import type { Answerer, Question } from './roles';

/** A new instruction with the teacher's answer. */
export type Answered = Question & { answer: string };

/** Tells of each whether the student contests the teacher's answer. */
export type Contest = (answered: readonly Answered[]) => Promise<boolean[]>;

/** A contest with the student, greedily, as `ready` brings it about. */
export function contest(student: Answerer, ready: () => Promise<void>): Contest {
  return async (answered) => {
    if (answered.length === 0) return [];
    await ready();
    const said = await student(answered.map(({ key, image, instruction }) => ({ key: `contest/${key}`, image, instruction })), 0);
    return answered.map(({ answer }, i) => !matches(said[i]?.text ?? '', answer));
  };
}
