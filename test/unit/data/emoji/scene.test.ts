import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composition, drawScene, parseScene, sceneName, splitOf } from '../../../../src/data/emoji/scene';
import { stream } from '../../../../src/random';
import { world } from '../../../support/emoji-world';

const styles = world.styles.map((s) => s.name);
const scenes = fc.nat(1e6).map((seed) => drawScene(world, styles, stream('scene test', seed)));

describe('a scene', () => {
  it('is told by its name alone', () => {
    fc.assert(fc.property(scenes, (scene) => {
      expect(parseScene(world, sceneName(scene))).toEqual(scene);
    }));
  });

  it('has one to four emoji in distinct cells, or a big one alone', () => {
    fc.assert(fc.property(scenes, ({ placed }) => {
      const cells = placed.map((p) => p.cell);
      expect(new Set(cells).size).toBe(placed.length);
      expect(placed.length).toBeGreaterThan(0);
      expect(placed.length).toBeLessThanOrEqual(4);
      if (cells.includes('big')) expect(placed.length).toBe(1);
    }));
  });

  it('falls into the same split wherever its emoji stand and whatever the ground is', () => {
    fc.assert(fc.property(scenes.filter((s) => s.placed.length > 1), (scene) => {
      const moved = { ...scene, background: 'mint' as const, style: 'noto', placed: scene.placed.map((p, i) => ({ ...p, cell: (['br', 'bl', 'tr', 'tl'] as const)[i] ?? p.cell })) };
      expect(composition(moved)).toBe(composition(scene));
      expect(splitOf(moved)).toBe(splitOf(scene));
    }));
  });

  it('is refused when its name is not one of this world', () => {
    for (const name of ['', 'noto', 'noto_white', 'noto_white_tl-dragon', 'noto_white_middle-cat', 'pixel_white_tl-cat', 'noto_night_tl-cat',
      'noto_white_br-cat_tl-rose', 'noto_white_tl-cat_tl-rose', 'noto_white_big-cat_tl-rose', 'noto_white_tl-rose_big-cat']) {
      expect(parseScene(world, name)).toBeUndefined();
    }
  });
});
