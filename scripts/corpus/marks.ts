/**
 * What the teacher is taught to give as marks: 10 for a right answer, 1 to 6 for a wrong one by the words it shares
 * with the truth. Only training data is marked so; in the app the marks are the teacher's own.
 */
import { sameAnswer } from '../../src/evaluate/answers';

export function trueMark(answer: string, truth: string): number {
  return sameAnswer(answer, truth) ? 10 : 1 + Math.round(5 * wordF1(answer, truth));
}

/** F1 over the bags of words. */
function wordF1(answer: string, truth: string): number {
  const given = answer.split(/\s+/);
  const wanted = truth.split(/\s+/);
  const left = [...wanted];
  const hits = given.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
  return (2 * hits) / (given.length + wanted.length);
}
