/**
 * Reads the two marks out of what an assessor wrote. It does not judge them.
 */

/** The marks of answers A and B as shown to the assessor, 1..10. */
export interface MarkSheet {
  a: number;
  b: number;
}

const scoreLine = /score\s*([AB])?\s*:?\s*(\d+(?:\.\d+)?)/i;

/**
 * The marks on the last two score lines; lines that say which answer they mean are believed, others are A then B.
 * Null when there are not two such lines, both name the same answer, or a mark is outside 1..10.
 */
export function parseMarks(text: string): MarkSheet | null {
  const found = text.split('\n').map((line) => scoreLine.exec(line)).filter((match) => match !== null).slice(-2);
  const [first, second] = found.map((match) => ({ label: match[1]?.toUpperCase(), mark: Number(match[2]) }));
  if (!first || !second || !inRange(first.mark) || !inRange(second.mark)) return null;
  if (first.label && first.label === second.label) return null;
  const swapped = first.label === 'B' || second.label === 'A';
  return swapped ? { a: second.mark, b: first.mark } : { a: first.mark, b: second.mark };
}

const inRange = (mark: number): boolean => mark >= 1 && mark <= 10;
