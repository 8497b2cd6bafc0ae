/**
 * A world of coloured shapes whose answers a program knows, small enough to run the whole cycle in Node.
 */
import type { DataSet, InstructionRecord } from '../../src/data/types';
import { hash, pick, stream } from '../../src/random';

const colours = ['red', 'green', 'blue', 'yellow'];
const shapes = ['circle', 'square', 'star', 'heart', 'moon'];

/** Questions that are unlike each other, so that new ones pass the filters. */
export const questions = [
  'what colour does this shape have', 'name the kind of thing shown', 'is it something round or not', 'which word begins the caption here',
  'tell me about its main hue', 'how many corners can one count', 'say whether a star is visible', 'does the picture look warm today',
  'give every letter of that noun', 'would a painter mix this shade', 'find out if blue appears anywhere', 'describe what stands before you now',
] as const;

/** The true answer to any instruction about any image: a word told by both. */
export function truth(image: string, instruction: string): string {
  const [colour = image, shape = colour] = image.split('-');
  const at = (questions as readonly string[]).indexOf(instruction);
  if (at === 0) return colour;
  if (at === 1) return shape;
  return hash(image, instruction) % 2 === 0 ? 'yes' : 'no';
}

const name = new RegExp(`^(${colours.join('|')})-(${shapes.join('|')})-(pair|pool|test|style)-\\d+$`);

function images(split: string, count: number, ...key: (string | number)[]): string[] {
  return Array.from({ length: count }, (_, i) => imageAt(split, i, ...key));
}

function imageAt(split: string, i: number, ...key: (string | number)[]): string {
  const random = stream(split, ...key, i);
  return `${pick(colours, random)}-${pick(shapes, random)}-${split}-${i}`;
}

const ask = (image: string) => pick(questions, stream('ask', image));

export const toyWorld: DataSet = {
  name: 'toy',
  pairs: async (count, seed) => images('pair', count, seed).map((image) => {
    const [colour, shape] = image.split('-');
    return { id: image, image, caption: `a ${colour} ${shape} on a white table.` };
  }),
  records: async function* (seed): AsyncGenerator<InstructionRecord> {
    for (let i = 0; ; i++) {
      const image = imageAt('pool', i, seed);
      yield { id: image, image, instruction: ask(image), answer: truth(image, ask(image)), source: 'dataset', iteration: 0 };
    }
  },
  test: async (count) => items('test', count),
  heldOutStyle: async (count) => items('style', count),
  drawImage: async (random) => images('pool', 1, Math.floor(random() * 1e6))[0] as string,
  has: async (image) => name.test(image),
  truth: (image, instruction) => ((questions as readonly string[]).includes(instruction) ? truth(image, instruction) : null),
  pixels: async (image) => ({ width: 1, height: 1, data: new Uint8ClampedArray([hash(image) % 256, 0, 0, 255]) }),
};

function items(split: string, count: number) {
  return images(split, count).map((image) => {
    const instruction = ask(image);
    return { id: image, image, instruction, answer: truth(image, instruction), type: instruction.startsWith('what') ? 'colour' : 'other' };
  });
}
