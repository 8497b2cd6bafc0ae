/** Images of odd sizes as the image processors of every family preprocess them in transformers. */
import { describe, expect, it } from 'vitest';
import { layoutOf, preprocess } from '../../../src/data/preprocess';
import { fixtureJson } from '../../support/folder';
import { type StoredImage, toPixels } from '../../support/images';

interface Case {
  name: string;
  image: StoredImage;
  config: { image_std: number[] };
  /** `[tiles, 3, size, size]`, little-endian f32 in base64. */
  pixelValues: { shape: [number, number, number, number]; f32: string };
  rows: number;
  cols: number;
}
const cases = fixtureJson<Case[]>('preprocess-families.json');

/** Numbers of one tile, channels last. */
function tileOf({ shape: [, , size], f32 }: Case['pixelValues'], tile: number): number[] {
  const values = new Float32Array(Uint8Array.from(Buffer.from(f32, 'base64')).buffer);
  const area = size * size;
  return Array.from({ length: area * 3 }, (_, i) => values[(tile * 3 + (i % 3)) * area + Math.floor(i / 3)] as number);
}

describe.each(cases.map((one) => [one.name, one] as const))('%s', (_, { image, config, pixelValues, rows, cols }) => {
  const made = preprocess(toPixels(image), config);

  it('is laid out in the tiles of the reference, which its size alone foretells', () => {
    expect([made.tiles.length, 3, made.size, made.size]).toEqual(pixelValues.shape);
    expect(made).toMatchObject({ rows, cols });
    expect(layoutOf(image, config)).toEqual({ rows, cols });
  });

  it('has the values of the reference in every tile', () => {
    made.tiles.forEach((tile, index) => {
      const wanted = tileOf(pixelValues, index);
      const apart = Array.from(tile, (x, i) => Math.abs(x - (wanted[i] as number)) * (config.image_std[i % 3] as number) * 255);
      expect(Math.max(...apart)).toBeLessThan(0.01);
    });
  });
});
