/**
 * Every question that can be asked about a scene, with its true answer: the ground truth of the emoji world. Kinds
 * stand in levels of difficulty: 1 looks at one thing, 2 at the whole scene, 3 relates things to each other.
 */
import { pick } from '../../random';
import { cells, type Cell, type Placed, type Scene } from './scene';
import { categoriesOf, type Emoji, type World } from './world';

export const levels = {
  name: 1, category: 1, keyword: 1, colour: 1,
  count: 2, position: 2, where: 2, presence: 2, caption: 2,
  relation: 3, comparison: 3, same: 3, odd: 3,
} as const;
export type Kind = keyof typeof levels;
export const kinds = Object.keys(levels) as Kind[];

export interface Question {
  kind: Kind;
  instruction: string;
  answer: string;
}

const cellWords = { tl: 'top left', tr: 'top right', bl: 'bottom left', br: 'bottom right' } as const;
const numbers = ['zero', 'one', 'two', 'three', 'four'] as const;
const neighbours: Record<string, { words: string; of: Partial<Record<Cell, Cell>> }> = {
  right: { words: 'to the right of', of: { tl: 'tr', bl: 'br' } },
  left: { words: 'to the left of', of: { tr: 'tl', br: 'bl' } },
  above: { words: 'directly above', of: { bl: 'tl', br: 'tr' } },
  below: { words: 'directly below', of: { tl: 'bl', tr: 'br' } },
};

const a = (noun: string) => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
const plural = (noun: string) => `${noun}s`;
const ask = (kind: Kind, answer: string, ...instructions: string[]): Question[] =>
  instructions.map((instruction) => ({ kind, instruction, answer }));

/** All questions of all kinds, in a fixed order. An instruction has one answer in a scene. */
export function questionsFor(world: World, scene: Scene): Question[] {
  const only = scene.placed.length === 1 ? scene.placed[0] : undefined;
  const grid = scene.placed[0]?.cell !== 'big';
  return [
    ...(only ? aboutOnly(world, scene, only) : []),
    ...aboutAll(world, scene),
    ...(grid ? aboutCells(scene) : []),
    ...(scene.placed.length > 1 ? aboutSeveral(world, scene) : []),
  ];
}

/** Draws a kind, then an answer, then a wording, so that no kind and no answer is drowned by a more frequent one. */
export function drawQuestion(questions: readonly Question[], random: () => number): Question {
  const kind = pick([...new Set(questions.map((q) => q.kind))], random);
  return drawOfKind(questions, kind, random);
}

/** One question of a kind that the list holds: an answer first, then a wording. */
export function drawOfKind(questions: readonly Question[], kind: Kind, random: () => number): Question {
  const ofKind = questions.filter((q) => q.kind === kind);
  const answer = pick([...new Set(ofKind.map((q) => q.answer))], random);
  return pick(ofKind.filter((q) => q.answer === answer), random);
}

/** The caption of a scene, for stage 1 and the caption questions. */
export function captionOf(scene: Scene): string {
  const phrases = scene.placed.map(({ cell, emoji }) =>
    cell === 'big' ? `a big ${emoji.name}` : `${a(emoji.name)} at the ${cellWords[cell]}`);
  return phrases.length < 2 ? phrases.join('') : `${phrases.slice(0, -1).join(', ')} and ${phrases.at(-1)}`;
}

function aboutOnly(world: World, scene: Scene, { emoji }: Placed): Question[] {
  const colour = emoji.colours[scene.style];
  return [
    ...ask('name', emoji.name,
      'what is shown in this picture?', 'name the thing you see here.', 'which object is drawn in the image?', 'tell me the name of it.'),
    ...ask('category', emoji.category,
      'what kind of thing is this?', 'which category fits the picture best?', 'what sort of object do you see?', 'name the group it belongs to.'),
    ...(colour ? ask('colour', colour,
      'what colour is the thing shown?', 'which colour covers most of the object?', 'name the main colour you see.') : []),
    ...allKeywords(world).flatMap((word) => ask('keyword', emoji.keywords.includes(word) ? 'yes' : 'no',
      `does the word ${word} fit this picture?`, `would you tag it with ${word}?`, `is ${word} a good keyword here?`)),
  ];
}

function aboutAll(world: World, scene: Scene): Question[] {
  const count = (fits: (emoji: Emoji) => boolean) => numbers[scene.placed.filter(({ emoji }) => fits(emoji)).length] as string;
  return [
    ...ask('caption', captionOf(scene),
      'describe the picture in one sentence.', 'write a caption for this image.', 'say what is shown and where.'),
    ...ask('count', count(() => true), 'how many things are in the picture?', 'count all the objects you see.'),
    ...categoriesOf(world).flatMap((category) => [
      ...ask('count', count((emoji) => emoji.category === category),
        `how many ${plural(category)} do you see?`, `count the ${plural(category)} in this image.`, `what is the number of ${plural(category)}?`),
      ...ask('presence', scene.placed.some(({ emoji }) => emoji.category === category) ? 'yes' : 'no',
        `is there any ${category} in it?`, `do you see some kind of ${category}?`),
    ]),
    ...world.emoji.flatMap((emoji) => ask('presence', scene.placed.some((p) => p.emoji === emoji) ? 'yes' : 'no',
      `is there ${a(emoji.name)} in the picture?`, `can you see ${a(emoji.name)} here?`, `does the image show ${a(emoji.name)}?`)),
  ];
}

function aboutCells(scene: Scene): Question[] {
  const at = (cell: Cell) => scene.placed.find((p) => p.cell === cell)?.emoji;
  const once = (emoji: Emoji) => scene.placed.filter((p) => p.emoji === emoji).length === 1;
  return cells.flatMap((cell) => {
    const emoji = at(cell);
    const words = cellWords[cell];
    const colour = emoji?.colours[scene.style];
    return [
      ...ask('position', emoji?.name ?? 'nothing',
        `what is at the ${words}?`, `which object is in the ${words} corner?`, `name the thing found ${words}.`),
      ...(emoji ? ask('category', emoji.category,
        `what kind of thing is at the ${words}?`, `which category is in the ${words} corner?`) : []),
      ...(colour ? ask('colour', colour,
        `what colour is the thing at the ${words}?`, `name the main colour of the ${words} object.`) : []),
      ...(emoji && once(emoji) ? [
        ...ask('where', words, `where is the ${emoji.name}?`, `in which corner is the ${emoji.name}?`, `find the ${emoji.name} and say its place.`),
        ...Object.values(neighbours).flatMap(({ words: side, of }) => {
          const neighbour = of[cell];
          return neighbour ? ask('relation', at(neighbour)?.name ?? 'nothing',
            `what is ${side} the ${emoji.name}?`, `which object lies ${side} the ${emoji.name}?`) : [];
        }),
      ] : []),
    ];
  });
}

function aboutSeveral(world: World, scene: Scene): Question[] {
  const many = (category: string) => scene.placed.filter((p) => p.emoji.category === category).length;
  const categories = categoriesOf(world);
  const pairs = categories.flatMap((x) => categories.filter((y) => y !== x && many(x) + many(y) > 0).map((y) => [x, y] as const));
  return [
    ...pairs.flatMap(([x, y]) => [
      ...ask('comparison', many(x) > many(y) ? 'yes' : 'no',
        `are there more ${plural(x)} than ${plural(y)}?`, `do the ${plural(x)} outnumber the ${plural(y)}?`),
      ...(many(x) === many(y) ? [] : ask('comparison', plural(many(x) > many(y) ? x : y),
        `which do you see more of, ${plural(x)} or ${plural(y)}?`)),
    ]),
    ...aboutPairs(scene),
    ...aboutOdd(scene),
  ];
}

function aboutPairs({ placed }: Scene): Question[] {
  return placed.flatMap((p, i) => placed.slice(i + 1).flatMap((q) => {
    const [x, y] = [cellWords[p.cell as Cell], cellWords[q.cell as Cell]];
    return [
      ...ask('same', p.emoji === q.emoji ? 'same' : 'different',
        `are the ${x} and ${y} objects the same or different?`, `compare ${x} with ${y}: same or different thing?`),
      ...ask('same', p.emoji.category === q.emoji.category ? 'yes' : 'no',
        `do ${x} and ${y} share one category?`, `is the ${x} thing the same kind as ${y}?`),
    ];
  }));
}

function aboutOdd({ placed }: Scene): Question[] {
  const lonely = placed.filter((p) => placed.every((q) => q === p || q.emoji.category !== p.emoji.category));
  const others = new Set(placed.filter((p) => !lonely.includes(p)).map((p) => p.emoji.category));
  const [odd] = lonely;
  if (placed.length < 3 || lonely.length !== 1 || others.size !== 1 || !odd) return [];
  return ask('odd', odd.emoji.name,
    'which object does not belong here?', 'find the odd one out please.', 'name the thing unlike the others.');
}

function allKeywords(world: World): string[] {
  return [...new Set(world.emoji.flatMap((emoji) => emoji.keywords))];
}
