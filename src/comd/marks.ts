/**
 * Reads the two marks out of what an assessor wrote: the bundled teacher's score lines, those of models of natural
 * language in their many spellings, or two bare numbers. It does not judge the marks.
 */

/** The marks of answers A and B as shown to the assessor, 1..10. */
export interface MarkSheet {
  a: number;
  b: number;
}

/** A mark with the answer that it says it is for; null where it says none. */
interface Score {
  answer: 'A' | 'B' | null;
  mark: number;
}

const noun = '(?:score|rating|mark)s?';
const answer = '(?:answer|assistant|response)';
const letter = '\\s*\\(?([AB])\\b\\)?';
const which = `(?:(?:for|of|to)\\s+)?(?:the\\s+)?${answer}?${letter}`;
const between = '\\s*(?:[:=–—-]|\\bis\\b)?\\s*';
/** A number that no other digit, sign or letter is part of, and what it is out of where that is said. */
const number = '(\\d+(?:\\.\\d+)?)(?![\\w%]|[.,]\\d)(?:\\s*(?:/|out\\s+of)\\s*(\\d+))?';

/** `Score A: 7`, `Rating for answer B = 9.5`, `Score: 8/10`; and `Answer A score: 7`. */
const scored = new RegExp(`\\b${noun}\\s*(?:${which})?${between}${number}|\\b${answer}${letter}(?:'s)?\\s+${noun}${between}${number}`, 'gi');
/** A line that is only `Answer A: 8` or `B = 7`: without the noun it must hold nothing else. */
const labelled = new RegExp(`^\\W*${which}\\s*[:=]\\s*${number}(?:\\s*points?)?\\s*\\.?\\s*$`, 'gim');
/** The form of Vicuna and Lion: two bare numbers, A's first. */
const pair = new RegExp(`^(?:${noun}\\s*[:=]?)?\\s*${number}\\s*(?:[,;&]|and)?\\s+${number}\\s*\\.?$`, 'i');

/**
 * The last two marks; those that say which answer they mean are believed, others are A then B. Null when there are not two,
 * both are of the same answer, or one is outside 1..10 or out of anything but 10.
 */
export function parseMarks(text: string): MarkSheet | null {
  const plain = text.replace(/[*_`#|]/g, '');
  for (const scores of [scoresOf(plain, scored), scoresOf(plain, labelled), pairOf(plain)]) {
    if (scores.length >= 2) return sheetOf(scores.slice(-2));
  }
  return null;
}

function scoresOf(text: string, form: RegExp): Score[] {
  return [...text.matchAll(form)].map((match) => {
    const found = match.slice(1).filter((group) => group !== undefined);
    const named = /^[AB]$/i.test(found[0] ?? '') ? found.shift() : undefined;
    return { answer: (named?.toUpperCase() ?? null) as Score['answer'], mark: markOf(found[0], found[1]) };
  });
}

/** The two numbers that the last line consists of. */
function pairOf(text: string): Score[] {
  const match = pair.exec(text.trim().split('\n').at(-1)?.trim() ?? '');
  return match ? [{ answer: null, mark: markOf(match[1], match[2]) }, { answer: null, mark: markOf(match[3], match[4]) }] : [];
}

/** NaN where it is out of another number than 10. */
const markOf = (mark: string | undefined, outOf: string | undefined): number => (outOf === undefined || outOf === '10' ? Number(mark) : Number.NaN);

function sheetOf([first, second]: readonly Score[]): MarkSheet | null {
  if (!first || !second || !inRange(first.mark) || !inRange(second.mark)) return null;
  if (first.answer !== null && first.answer === second.answer) return null;
  const swapped = first.answer === 'B' || second.answer === 'A';
  return swapped ? { a: second.mark, b: first.mark } : { a: first.mark, b: second.mark };
}

const inRange = (mark: number): boolean => mark >= 1 && mark <= 10;
