import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captionOf, drawQuestion, kinds, questionsFor } from '../../../../src/data/emoji/questions';
import { drawScene, parseScene, type Scene } from '../../../../src/data/emoji/scene';
import { stream } from '../../../../src/random';
import { world } from '../../../support/emoji-world';

const styles = world.styles.map((s) => s.name);
const scenes = fc.nat(1e6).map((seed) => drawScene(world, styles, stream('question test', seed)));
const scene = (name: string) => parseScene(world, name) as Scene;
const answers = (name: string) => Object.fromEntries(questionsFor(world, scene(name)).map((q) => [q.instruction, q.answer]));

describe('questions about a scene', () => {
  it('have one answer each', () => {
    fc.assert(fc.property(scenes, (drawn) => {
      const questions = questionsFor(world, drawn);
      const pairs = new Set(questions.map((q) => `${q.instruction} ${q.answer}`));
      expect(pairs.size).toBe(new Set(questions.map((q) => q.instruction)).size);
    }), { numRuns: 50 });
  });

  it('have more than three words, so that the filters let them pass', () => {
    fc.assert(fc.property(scenes, (drawn) => {
      expect(questionsFor(world, drawn).filter((q) => q.instruction.split(' ').length <= 3)).toEqual([]);
    }), { numRuns: 50 });
  });

  it('come in thirteen kinds, each of which some scene can be asked', () => {
    const met = new Set(Array.from({ length: 400 }, (_, i) => {
      const random = stream('kinds', i);
      return drawQuestion(questionsFor(world, drawScene(world, styles, random)), random).kind;
    }));
    expect([...met].sort()).toEqual([...kinds].sort());
    expect(kinds.length).toBe(13);
  });

  it('are answered by what stands in the scene', () => {
    const said = answers('noto_cream_tl-cat_tr-dog_br-banana');
    expect(said['how many mammals do you see?']).toBe('two');
    expect(said['count all the objects you see.']).toBe('three');
    expect(said['what is at the bottom left?']).toBe('nothing');
    expect(said['where is the banana?']).toBe('bottom right');
    expect(said['what is to the right of the cat?']).toBe('dog');
    expect(said['what is directly above the banana?']).toBe('dog');
    expect(said['find the odd one out please.']).toBe('banana');
    expect(said['are there more fruits than mammals?']).toBe('no');
    expect(said['which do you see more of, fruits or mammals?']).toBe('mammals');
    expect(said['do top left and top right share one category?']).toBe('yes');
    expect(said['are the top left and top right objects the same or different?']).toBe('different');
    expect(said['is there an eagle in the picture?']).toBe('no');
    expect(said['write a caption for this image.']).toBe('a cat at the top left, a dog at the top right and a banana at the bottom right');
  });

  it('take the colour from the pixels of the very style', () => {
    const emoji = world.emoji.find((e) => new Set(Object.values(e.colours).filter(Boolean)).size > 1);
    for (const [style, colour] of Object.entries(emoji?.colours ?? {})) {
      const said = answers(`${style}_white_big-${emoji?.name}`)['what colour is the thing shown?'];
      expect(said).toBe(colour ?? undefined);
    }
  });

  it('say nothing of what is odd where nothing or more than one thing is', () => {
    expect(answers('noto_white_tl-cat_tr-dog_bl-pig')['find the odd one out please.']).toBeUndefined();
    expect(answers('noto_white_tl-cat_tr-dog_bl-axe_br-gear')['find the odd one out please.']).toBeUndefined();
  });

  it('caption a big emoji as such', () => {
    expect(captionOf(scene('noto_white_big-owl'))).toBe('a big owl');
  });
});
