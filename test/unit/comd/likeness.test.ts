import { describe, expect, test } from 'vitest';
import { chooser } from '../../../src/comd/likeness';
import { toyModel } from '../../support/toy-model';
import { toyWorld } from '../../support/toy-world';

describe('the image of a new instruction', () => {
  test('is one of those that were drawn, and the same again for the same draws', async () => {
    const wishes = [{ to: 'pool-1', among: ['pool-2', 'pool-3', 'pool-4'] }, { to: 'pool-5', among: ['pool-3', 'pool-6'] }];
    const choose = chooser(toyModel('eye', 1), toyWorld);
    const chosen = await choose(wishes);
    wishes.forEach(({ among }, i) => expect(among).toContain(chosen[i]));
    expect(await choose(wishes)).toEqual(chosen);
    expect(await chooser(toyModel('eye', 1), toyWorld)(wishes)).toEqual(chosen);
  });

  test('leaves with the model only what it held before, the seeds and what was chosen', async () => {
    const model = toyModel('eye', 1);
    await model.see([{ name: 'pool-3', pixels: await toyWorld.pixels('pool-3') }]);
    const [chosen] = await chooser(model, toyWorld)([{ to: 'pool-1', among: ['pool-2', 'pool-3', 'pool-4'] }]);
    const held = ['pool-1', 'pool-3', chosen];
    expect(await model.missing(['pool-1', 'pool-2', 'pool-3', 'pool-4'])).toEqual(['pool-2', 'pool-4'].filter((name) => !held.includes(name)));
  });

  test('is looked at by nobody where there is no choice, or no image to compare with', async () => {
    const model = toyModel('eye', 1);
    expect(await chooser(model, toyWorld)([{ to: 'pool-1', among: ['pool-1'] }, { to: '', among: ['pool-2', 'pool-3'] }])).toEqual(['pool-1', 'pool-2']);
    expect(model.calls).toEqual([]);
  });
});
