/**
 * How sure the teacher is of an answer of its own: what it asks itself about something that is not in the image, it answers
 * at a guess. Only records that it is sure of are worth teaching. It marks nobody else's answers; that is the assessor's.
 */
import type { ModelWorker, SoftTarget } from '../../workers/protocol';
import type { Settings } from '../settings';
import type { PromptFamily } from './prompts/family';
import type { Question } from './roles';
import { imagesOf } from './speaker';

/** Tells of each answer whether the teacher is sure of it; it must have seen the images. */
export type SureJudge = (answered: (Pick<Question, 'image' | 'instruction'> & { answer: string })[]) => Promise<boolean[]>;

/** A judge by the likelihoods of `teacher`, or one that lets all pass where `leastSure` is 0. */
export function sureJudge(teacher: ModelWorker, prompts: PromptFamily, { leastSure }: Pick<Settings, 'leastSure'>): SureJudge {
  return async (answered) => {
    if (leastSure === 0 || answered.length === 0) return answered.map(() => true);
    const examples = answered.map(({ image, instruction, answer }) => ({ images: imagesOf(image), prompt: prompts.answer(instruction), target: answer }));
    return (await teacher.scoreTargets(examples, 1)).map((scored) => surenessOf(scored) >= leastSure);
  };
}

/**
 * The likelihood of the token that the model was least sure of, 0 to 1: one doubtful word makes a long answer doubtful. Of a token
 * that is not its likeliest no more is known than what the likeliest leaves.
 */
export function surenessOf({ tokens, ids, logProbs, k }: SoftTarget): number {
  return tokens.reduce((least, token, at) => {
    const likeliest = Math.exp(logProbs[at * k] as number);
    return Math.min(least, ids[at * k] === token ? likeliest : 1 - likeliest);
  }, 1);
}
