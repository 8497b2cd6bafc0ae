/**
 * What the bundled teacher is taught about one scene: lessons for its three roles, in the very prompts that the app
 * uses. Everything is drawn by the stream given, so the corpus is reproducible.
 */
import { bundledPrompts } from '../../src/comd/prompts/bundled';
import { rougeL } from '../../src/comd/rouge';
import { captionOf, drawOfKind, drawQuestion, type Kind, levels, questionsFor, type Question } from '../../src/data/emoji/questions';
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

/** Kinds that are learned late are asked more often; the others count 1. */
const weights: Partial<Record<Kind, number>> = { where: 2, relation: 2, keyword: 2, same: 2, odd: 2, name: 1.5, count: 1.5, comparison: 1.5 };

export function answerLesson(world: World, scene: Scene, random: () => number): Lesson {
  const { instruction, answer } = drawWeighted(questionsFor(world, scene), random);
  return { role: 'answer', prompt: bundledPrompts.answer(instruction), target: answer };
}

/** Two answers to be marked; for a quarter of the lessons the prompt tells the known answer. */
export function assessLesson(world: World, scene: Scene, random: () => number): Lesson {
  const question = drawWeighted(questionsFor(world, scene), random);
  const [a, b] = [candidate(world, scene, question, random), candidate(world, scene, question, random)];
  const marks = [a, b].map((answer) => trueMark(answer, question.answer));
  const reference = random() < 0.25 ? question.answer : null;
  return {
    role: 'assess',
    prompt: bundledPrompts.assess(question.instruction, a, b, reference),
    target: `I see ${question.answer}.\nscore A: ${marks[0]}\nscore B: ${marks[1]}`,
  };
}

/**
 * A new instruction about this scene: of the seed's kind, or of another kind for an easy seed, and unlike it in words where
 * possible. The seed was asked about this scene or about another one. Now and then there is no seed at all.
 */
export function augmentLesson(world: World, scene: Scene, random: () => number): Lesson {
  const questions = questionsFor(world, scene);
  if (random() < 0.12) return { role: 'augment', prompt: bundledPrompts.propose(), target: drawQuestion(questions, random).instruction };
  const elsewhere = random() < 0.5 ? drawScene(world, [scene.style], random) : scene;
  const seed = drawQuestion(questionsFor(world, elsewhere), random);
  const easy = random() < 0.15;
  const others = questions.filter((q) => q.instruction !== seed.instruction);
  const fits = others.filter((q) => (q.kind === seed.kind) !== easy);
  const likened = fits.length ? fits : others.filter((q) => levels[q.kind] === levels[seed.kind]);
  const unlike = likened.filter((q) => rougeL(words(q.instruction), words(seed.instruction)) <= 0.7);
  const { instruction } = drawQuestion(unlike.length ? unlike : likened.length ? likened : questions, random);
  return { role: 'augment', prompt: bundledPrompts.augment(seed.instruction, easy ? 'easy' : 'difficult'), target: instruction };
}

/** Like `drawQuestion`, with the kinds that are learned late drawn more often. */
function drawWeighted(questions: readonly Question[], random: () => number): Question {
  const open = [...new Set(questions.map((q) => q.kind))];
  const shares = open.map((kind) => weights[kind] ?? 1);
  let left = random() * shares.reduce((sum, share) => sum + share, 0);
  const at = shares.findIndex((share) => (left -= share) < 0);
  return drawOfKind(questions, open[Math.max(0, at)] as Kind, random);
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
