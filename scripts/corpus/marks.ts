/**
 * What the teacher is taught to give as marks: 10 for a right answer, 1 to 6 for a wrong one by the words it shares
 * with the truth. Only training data is marked so; in the app the marks are the teacher's own.
 */
import { words } from '../../src/text/words';

const articles = new Set(['a', 'an', 'the']);

export function trueMark(answer: string, truth: string): number {
  const [given, wanted] = [answer, truth].map((text) => words(text).filter((word) => !articles.has(word))) as [string[], string[]];
  return given.join(' ') === wanted.join(' ') ? 10 : 1 + Math.round(5 * bagF1(given, wanted));
}

/** F1 over bags of words. */
function bagF1(given: readonly string[], wanted: readonly string[]): number {
  const left = [...wanted];
  const hits = given.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
  return (2 * hits) / Math.max(1, given.length + wanted.length);
}
