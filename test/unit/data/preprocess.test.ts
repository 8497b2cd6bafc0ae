import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preprocess } from '../../../src/data/preprocess';
import type { Pixels } from '../../../src/data/types';
import { fixtureJson, type StoredImage, toPixels } from '../../support/folder';

interface Case {
  name: string;
  image: StoredImage;
  config: { image_mean: number[]; image_std: number[] };
  pixelValues: { shape: number[]; data: number[] };
}
const cases = fixtureJson<Case[]>('preprocess.json');
const clip = fixtureJson<unknown>('llava-tiny-f16/preprocessor_config.json');
const bare = { size: { height: 2, width: 2 }, do_center_crop: false, do_normalize: false, do_rescale: false };

const filled = (width: number, height: number, rgba: number[]): Pixels => ({
  width, height, data: new Uint8ClampedArray(Array.from({ length: width * height }, () => rgba).flat()),
});

describe('preprocessing', () => {
  it.each(cases.map((one) => [one.name, one] as const))('of %s gives what CLIPImageProcessor gives', (_, { image, config, pixelValues }) => {
    const { data, size } = preprocess(toPixels(image), config);
    expect([size, size, 3]).toEqual(pixelValues.shape);
    const bytes = (values: ArrayLike<number>): number[] => Array.from(values, (x, i) => (x * (config.image_std[i % 3] as number) + (config.image_mean[i % 3] as number)) * 255);
    const wanted = bytes(pixelValues.data);
    const worst = Math.max(...bytes(data).map((x, i) => Math.abs(x - (wanted[i] as number))));
    expect(worst).toBeLessThan(0.01);
  });

  it('leaves an image of the right size as it is', () => {
    const pixels = filled(2, 2, [10, 20, 30, 255]);
    expect([...preprocess(pixels, bare).data]).toEqual([10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30]);
  });

  it('puts transparent images on white, whatever colour lies hidden under the transparency', () => {
    expect([...preprocess(filled(2, 2, [0, 0, 0, 0]), bare).data]).toEqual(Array(12).fill(255));
    expect([...preprocess(filled(2, 2, [255, 0, 0, 51]), bare).data.slice(0, 3)]).toEqual([255, 204, 204]);
  });

  it('keeps a single colour, whatever the size and the filter', () => {
    const sizes = fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }), resample: fc.constantFrom(2, 3) });
    fc.assert(fc.property(sizes, ({ width, height, resample }) => {
      const { data } = preprocess(filled(width, height, [200, 100, 7, 255]), { ...bare, size: { height: 9, width: 9 }, resample });
      expect([...data]).toEqual(Array(81).fill([200, 100, 7]).flat());
    }), { numRuns: 60 });
  });

  it('reads sizes as older files write them, as one number', () => {
    expect(preprocess(filled(20, 10, [1, 2, 3, 255]), { size: 8, crop_size: 8 }).size).toBe(8);
  });

  it('does not change the pixels that it is given', () => {
    const pixels = filled(5, 5, [1, 2, 3, 100]);
    const before = pixels.data.slice();
    preprocess(pixels, clip);
    expect(pixels.data).toEqual(before);
  });

  it.each([
    ['an unknown filter', { ...bare, resample: 5 }, 'resample 5'],
    ['an output that is not square', { ...bare, size: { height: 2, width: 3 } }, '3 × 2'],
    ['a mean of two numbers', { ...bare, image_mean: [1, 2] }, 'image_mean'],
    ['no configuration', null, 'preprocessor_config.json'],
  ])('refuses %s', (_, config, words) => {
    expect(() => preprocess(filled(4, 4, [0, 0, 0, 255]), config)).toThrow(expect.objectContaining({ code: 'checkpoint/unsupported', message: expect.stringContaining(words) }));
  });
});
