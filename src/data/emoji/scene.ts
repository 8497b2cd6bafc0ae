/**
 * Scenes: up to four emoji of one style in the cells of a 2 × 2 grid, or one big emoji, on a tinted ground. A scene's
 * name says all about it (`noto_cream_tl-cat_br-banana`), so names are drawn, hashed and split; pixels come later.
 */
import { hash, pick, shuffled } from '../../random';
import { categoriesOf, type Emoji, type World } from './world';

export const cells = ['tl', 'tr', 'bl', 'br'] as const;
export type Cell = (typeof cells)[number];
export const backgrounds = { white: [255, 255, 255], cream: [250, 240, 214], sky: [214, 234, 250], mint: [216, 244, 224] } as const;
export type Background = keyof typeof backgrounds;

export interface Placed {
  /** `big` fills the image and is then the only one. */
  cell: Cell | 'big';
  emoji: Emoji;
}

export interface Scene {
  style: string;
  background: Background;
  /** In reading order. */
  placed: Placed[];
}

/** The scene's name, which is also its image's name. */
export function sceneName(scene: Scene): string {
  return [scene.style, scene.background, ...scene.placed.map(({ cell, emoji }) => `${cell}-${emoji.name}`)].join('_');
}

/**
 * The scene of that name, or undefined where the name is not one of this world's. A scene has one name only, so that none
 * can pass for another by telling its emoji in another order.
 */
export function parseScene(world: World, name: string): Scene | undefined {
  const [style, background, ...parts] = name.split('_');
  if (!world.styles.some((s) => s.name === style) || !background || !(background in backgrounds) || !parts.length) return undefined;
  const placed: Placed[] = [];
  for (const part of parts) {
    const at = part.indexOf('-');
    const cell = part.slice(0, at) as Cell | 'big';
    const emoji = world.emoji.find((e) => e.name === part.slice(at + 1));
    if (!emoji || !(cell === 'big' || cells.includes(cell))) return undefined;
    placed.push({ cell, emoji });
  }
  const inOrder = cells.filter((cell) => placed.some((p) => p.cell === cell));
  if (placed.length > 1 && placed.map((p) => p.cell).join() !== inOrder.join()) return undefined;
  return { style: style as string, background: background as Background, placed };
}

/**
 * Draws a scene in one of `styles`. How many emoji, and how alike they are, is drawn first, so that every kind of
 * question finds scenes that it can be asked about.
 */
export function drawScene(world: World, styles: readonly string[], random: () => number): Scene {
  const style = pick(styles, random);
  const background = pick(Object.keys(backgrounds) as Background[], random);
  const r = random();
  if (r < 0.15) return { style, background, placed: [{ cell: 'big', emoji: pick(world.emoji, random) }] };
  const many = r < 0.3 ? 1 : r < 0.6 ? 2 : r < 0.8 ? 3 : 4;
  const drawn = drawEmoji(world, many, random);
  const order = shuffled(cells, random).slice(0, many).sort((a, b) => cells.indexOf(a) - cells.indexOf(b));
  return { style, background, placed: order.map((cell, i) => ({ cell, emoji: drawn[i] as Emoji })) };
}

/** Free draws, draws from two categories, or all but one from one category (an odd one out). */
function drawEmoji(world: World, many: number, random: () => number): Emoji[] {
  const [major, minor] = shuffled(categoriesOf(world), random);
  const of = (category: string | undefined) => pick(world.emoji.filter((e) => e.category === category), random);
  const r = random();
  if (many === 2) {
    const first = pick(world.emoji, random);
    return [first, r < 0.25 ? first : r < 0.5 ? of(first.category) : pick(world.emoji, random)];
  }
  if (many > 2 && r < 0.5) return shuffled([...Array.from({ length: many - 1 }, () => of(major)), of(minor)], random);
  if (many > 2 && r < 0.8) return Array.from({ length: many }, () => of(random() < 0.5 ? major : minor));
  return Array.from({ length: many }, () => pick(world.emoji, random));
}

/** What must not be shared between pools and test: which emoji stand together, or, for one alone, how it is drawn. */
export function composition(scene: Scene): string {
  const [only] = scene.placed;
  if (scene.placed.length === 1 && only) return `${scene.style} ${only.cell} ${only.emoji.name}`;
  return scene.placed.map(({ emoji }) => emoji.name).sort().join(' ');
}

/** A fifth of all compositions is kept for the test, by hash, in every style. */
export function splitOf(scene: Scene): 'pool' | 'test' {
  return hash('split', composition(scene)) % 5 === 0 ? 'test' : 'pool';
}
