/**
 * What an assessor is asked about two answers of LLaVA-Bench, and the two marks in what it says. The assessor sees no image:
 * it is given what the image shows, as in the original.
 */
import type { ReviewItem, ScorePair } from '../benchmark';

const task = [
  'Two assistants answered the question above, which a user asked while looking at an image. The context says in words what the image shows.',
  'Judge both answers by how helpful, relevant, accurate and detailed they are, and give each one overall score from 1 to 10, where 10 is best.',
  'The order in which the answers stand must not sway you.',
  'Write the score of Assistant 1 and the score of Assistant 2 on the first line, separated by a space, and nothing else on that line.',
  'Explain your scores from the second line on.',
].join('\n');

/** The reference is always Assistant 1, the answer under test Assistant 2. */
export function reviewPrompt({ context, question, reference }: ReviewItem, answer: string): string {
  const blocks = [
    ['[Context]', context],
    ['[Question]', question],
    ['[Assistant 1]', reference, '', '[End of Assistant 1]'],
    ['[Assistant 2]', answer, '', '[End of Assistant 2]'],
    ['[Task]', task],
  ];
  return blocks.map((lines) => lines.join('\n')).join('\n\n');
}

const twoNumbers = /^(\d+(?:\.\d+)?)(?:\s*,\s*|\s+)(\d+(?:\.\d+)?)$/;

/** The marks on the first line of a review: two numbers from 1 to 10 with a space or a comma between them, and nothing else. */
export function readReview(review: string): ScorePair | null {
  const [line = ''] = review.trimStart().split('\n');
  const [, reference, candidate] = twoNumbers.exec(line.trim()) ?? [];
  const pair = [Number(reference), Number(candidate)] as const;
  return pair.every((mark) => mark >= 1 && mark <= 10) ? pair : null;
}
