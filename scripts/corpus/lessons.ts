/**
 * What the bundled teacher is taught about one scene: lessons for its three roles, in the very prompts that the app
 * uses. Everything is drawn by the stream given, so the corpus is reproducible.
 */
import { emojiPrompts } from '../../src/comd/prompts';
import { rougeL } from '../../src/comd/rouge';
import { captionOf, drawOfKind, drawQuestion, questionsFor, type Question } from '../../src/data/emoji/questions';
import { drawScene, type Scene } from '../../src/data/emoji/scene';
import type { World } from '../../src/data/emoji/world';
import { pick, shuffled } from '../../src/random';
import { words } from '../../src/text/words';
import { trueMark } from './marks';

export type Role = 'answer' | 'assess' | 'augment';
export interface Lesson {
  role: Role;
  prompt: string;
  target: string;
}

export function answerLesson(world: World, scene: Scene, random: () => number): Lesson {
  const { instruction, answer } = drawQuestion(questionsFor(world, scene), random);
  return { role: 'answer', prompt: emojiPrompts.answer(instruction), target: answer };
}

export function assessLesson(world: World, scene: Scene, random: () => number): Lesson {
  const question = drawQuestion(questionsFor(world, scene), random);
  const [a, b] = [candidate(world, scene, question, random), candidate(world, scene, question, random)];
  const marks = [a, b].map((answer) => trueMark(answer, question.answer));
  return {
    role: 'assess',
    prompt: emojiPrompts.assess(question.instruction, a, b),
    target: `I see ${question.answer}.\nscore A: ${marks[0]}\nscore B: ${marks[1]}`,
  };
}

/** A new instruction of the seed's kind, or of another kind for an easy seed, and unlike it in words where possible. */
export function augmentLesson(world: World, scene: Scene, random: () => number): Lesson {
  const questions = questionsFor(world, scene);
  const seed = drawQuestion(questions, random);
  const easy = random() < 0.2;
  const fits = questions.filter((q) => (q.kind === seed.kind) !== easy && q.instruction !== seed.instruction);
  const unlike = fits.filter((q) => rougeL(words(q.instruction), words(seed.instruction)) <= 0.7);
  const from = unlike.length ? unlike : fits.length ? fits : questions;
  const { instruction } = easy ? drawQuestion(from, random) : drawOfKind(from, pick(from, random).kind, random);
  return { role: 'augment', prompt: emojiPrompts.augment(seed.instruction, easy ? 'easy' : 'difficult'), target: instruction };
}

/** An answer to be marked: right half of the time, else wrong in one of the ways in which models are wrong. */
function candidate(world: World, scene: Scene, question: Question, random: () => number): string {
  const r = random();
  if (r < 0.45) return question.answer;
  if (r < 0.5) return reworded(question.answer);
  if (r < 0.75) return likely(world, scene, question, random);
  if (r < 0.88) return drawQuestion(questionsFor(world, scene), random).answer;
  if (r < 0.92) return captionOf(drawScene(world, [scene.style], random));
  return garbled(question.answer, captionOf(scene), random);
}

/** The kind of wrong answer that is hardest to catch: right for the same kind of question elsewhere. */
function likely(world: World, scene: Scene, question: Question, random: () => number): string {
  const elsewhere = random() < 0.5 ? scene : drawScene(world, [scene.style], random);
  const ofKind = questionsFor(world, elsewhere).filter((q) => q.kind === question.kind);
  if (ofKind.length) return drawOfKind(ofKind, question.kind, random).answer;
  return pick(world.emoji, random).name;
}

function reworded(answer: string): string {
  const noun = !answer.includes(' ') && !['yes', 'no', 'nothing'].includes(answer);
  return noun ? `the ${answer}` : `${answer}.`;
}

function garbled(answer: string, caption: string, random: () => number): string {
  const said = caption.split(' ');
  return pick([
    '(no answer)', `${answer} ${answer} ${answer}`, shuffled(said, random).join(' '),
    said.slice(0, 1 + Math.floor(random() * said.length)).join(' '), `a ${pick(said, random)}`,
  ], random);
}
