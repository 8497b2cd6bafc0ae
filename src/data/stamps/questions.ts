/**
 * What can be asked about a stamp with an answer that can be checked: the name and the group that the package gives it.
 */
import { pick } from '../../random';
import type { Stamp } from './pack';

export type Kind = 'name' | 'isName' | 'group' | 'isGroup';

export interface Question {
  kind: Kind;
  instruction: string;
  answer: string;
}

/** What a question may name: the names and groups of all stamps that stand on its side of the split. */
export interface Vocabulary {
  names: readonly string[];
  groups: readonly string[];
}

/** The names and groups of `stamps`, each once. */
export function vocabularyOf(stamps: readonly Stamp[]): Vocabulary {
  return {
    names: [...new Set(stamps.flatMap(({ name }) => name ?? []))],
    groups: [...new Set(stamps.map(({ group }) => group))],
  };
}

const ask = (kind: Kind, answer: string, ...instructions: string[]): Question[] =>
  instructions.map((instruction) => ({ kind, instruction, answer }));
const yesNo = (yes: boolean) => (yes ? 'yes' : 'no');

/** All questions about a stamp, in a fixed order. An instruction has one answer for a stamp. */
export function questionsFor({ name, group }: Stamp, { names, groups }: Vocabulary): Question[] {
  return [
    ...(name === null ? [] : ask('name', name,
      'what is shown in this picture?', 'name the thing you see here.', 'tell me the name of it.')),
    ...(name === null ? [] : names.flatMap((other) => ask('isName', yesNo(other === name),
      `does the picture show ${other}?`, `can you see ${other} here?`))),
    ...ask('group', group,
      'what kind of thing is this?', 'which group does it belong to?', 'where would you file this picture?'),
    ...groups.flatMap((other) => ask('isGroup', yesNo(other === group),
      `does this belong to ${other}?`, `would you file it under ${other}?`)),
  ];
}

/** Draws a kind, then an answer, then a wording, so that no kind is drowned and as many answers are yes as no. */
export function drawQuestion(questions: readonly Question[], random: () => number): Question {
  const kind = pick([...new Set(questions.map((question) => question.kind))], random);
  const ofKind = questions.filter((question) => question.kind === kind);
  const answer = pick([...new Set(ofKind.map((question) => question.answer))], random);
  return pick(ofKind.filter((question) => question.answer === answer), random);
}
