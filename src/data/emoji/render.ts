/**
 * Draws a scene from the style's atlas, in integers only, so that every machine gets the same bytes.
 */
import { hash } from '../../random';
import type { Pixels } from '../types';
import { backgrounds, sceneName, type Placed, type Scene } from './scene';
import type { World } from './world';

/** Edge of a rendered scene in pixels. */
export const sceneSize = 64;
const cellSize = sceneSize / 2;

/** RGBA pixels `[64, 64]`, opaque. `atlas` is the decoded atlas of the scene's style. */
export function renderScene(world: World, atlas: Pixels, scene: Scene): Pixels {
  const data = new Uint8ClampedArray(sceneSize * sceneSize * 4);
  const [r, g, b] = backgrounds[scene.background];
  for (let i = 0; i < data.length; i += 4) data.set([r, g, b, 255], i);
  const image = { width: sceneSize, height: sceneSize, data };
  const name = sceneName(scene);
  for (const placed of scene.placed) draw(image, tileOf(world, atlas, placed), placed, hash('jitter', name, placed.cell));
  return image;
}

/** The emoji's tile, halved by averaging 2 × 2 pixels unless it is drawn big. */
function tileOf(world: World, atlas: Pixels, { cell, emoji }: Placed): Pixels {
  const index = world.emoji.indexOf(emoji);
  const left = (index % world.columns) * world.tile;
  const top = Math.floor(index / world.columns) * world.tile;
  return crop(atlas, left, top, world.tile, cell === 'big' ? 1 : 2);
}

/** A square of the atlas, shrunk by a whole factor; colours are averaged weighted by their alpha. */
function crop(atlas: Pixels, left: number, top: number, edge: number, factor: number): Pixels {
  const size = edge / factor;
  const data = new Uint8ClampedArray(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const sum = [0, 0, 0, 0];
      for (let dy = 0; dy < factor; dy++) {
        for (let dx = 0; dx < factor; dx++) {
          const at = ((top + y * factor + dy) * atlas.width + left + x * factor + dx) * 4;
          const alpha = atlas.data[at + 3] as number;
          for (let c = 0; c < 3; c++) sum[c] = (sum[c] as number) + (atlas.data[at + c] as number) * alpha;
          sum[3] = (sum[3] as number) + alpha;
        }
      }
      const alpha = sum[3] as number;
      const out = (y * size + x) * 4;
      for (let c = 0; c < 3; c++) data[out + c] = alpha ? Math.floor((sum[c] as number) / alpha + 0.5) : 0;
      data[out + 3] = Math.floor(alpha / (factor * factor) + 0.5);
    }
  }
  return { width: size, height: size, data };
}

/** Lays a tile over its cell, moved within the cell's margin by the bits of `jitter`. */
function draw(image: Pixels, tile: Pixels, { cell }: Placed, jitter: number): void {
  const room = (cell === 'big' ? sceneSize : cellSize) - tile.width + 1;
  const left = (cell === 'tr' || cell === 'br' ? cellSize : 0) + (jitter % room);
  const top = (cell === 'bl' || cell === 'br' ? cellSize : 0) + ((jitter >>> 8) % room);
  for (let y = 0; y < tile.height; y++) {
    for (let x = 0; x < tile.width; x++) {
      const from = (y * tile.width + x) * 4;
      const to = ((top + y) * image.width + left + x) * 4;
      const alpha = tile.data[from + 3] as number;
      for (let c = 0; c < 3; c++) {
        const mixed = (tile.data[from + c] as number) * alpha + (image.data[to + c] as number) * (255 - alpha);
        image.data[to + c] = Math.floor((mixed + 127) / 255);
      }
    }
  }
}
