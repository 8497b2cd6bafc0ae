import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preprocess } from '../../../src/data/preprocess';
import type { Pixels } from '../../../src/data/types';
import { fixtureJson } from '../../support/folder';
import { type StoredImage, toPixels } from '../../support/images';

interface Case {
  name: string;
  image: StoredImage;
  config: { image_mean: number[]; image_std: number[] };
  pixelValues: { shape: number[]; data: number[] };
}
const cases = fixtureJson<Case[]>('preprocess.json');
const clip = fixtureJson<unknown>('llava-tiny-f16/preprocessor_config.json');
const bare = { size: { height: 2, width: 2 }, do_center_crop: false, do_normalize: false, do_rescale: false };

/** The values of an image that is shown in one tile. */
const only = (pixels: Pixels, config: unknown): number[] => preprocess(pixels, config).tiles.flatMap((tile) => [...tile]);

const filled = (width: number, height: number, rgba: number[]): Pixels => ({
  width, height, data: new Uint8ClampedArray(Array.from({ length: width * height }, () => rgba).flat()),
});

describe('preprocessing', () => {
  it.each(cases.map((one) => [one.name, one] as const))('of %s gives what CLIPImageProcessor gives', (_, { image, config, pixelValues }) => {
    const { tiles: [data = []], size } = preprocess(toPixels(image), config);
    expect([size, size, 3]).toEqual(pixelValues.shape);
    const bytes = (values: ArrayLike<number>): number[] => Array.from(values, (x, i) => (x * (config.image_std[i % 3] as number) + (config.image_mean[i % 3] as number)) * 255);
    const wanted = bytes(pixelValues.data);
    const worst = Math.max(...bytes(data).map((x, i) => Math.abs(x - (wanted[i] as number))));
    expect(worst).toBeLessThan(0.01);
  });

  it('leaves an image of the right size as it is', () => {
    const pixels = filled(2, 2, [10, 20, 30, 255]);
    expect(only(pixels, bare)).toEqual([10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30]);
  });

  it('lays what is transparent on white, as the reference does', () => {
    expect(only(filled(2, 2, [9, 8, 7, 0]), bare).slice(0, 3)).toEqual([255, 255, 255]);
    expect(only(filled(2, 2, [255, 0, 0, 51]), bare).slice(0, 3)).toEqual([255, 204, 204]);
  });

  it('keeps a single colour, whatever the size and the filter', () => {
    const sizes = fc.record({ width: fc.integer({ min: 1, max: 40 }), height: fc.integer({ min: 1, max: 40 }), resample: fc.constantFrom(0, 1, 2, 3, 4, 5) });
    fc.assert(fc.property(sizes, ({ width, height, resample }) => {
      const values = only(filled(width, height, [200, 100, 7, 255]), { ...bare, size: { height: 9, width: 9 }, resample });
      expect(values).toEqual(Array(81).fill([200, 100, 7]).flat());
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
    ['CLIPImageProcessor', 224, 0], ['CLIPFeatureExtractor', 224, 0], ['CLIPImageProcessorFast', 224, 0], ['SiglipImageProcessorPil', 224, 0],
    ['LlavaImageProcessor', 224, 0], ['Idefics3ImageProcessor', 364, 4], ['SmolVLMImageProcessorFast', 364, 4],
  ])('knows the defaults of %s', (image_processor_type, size, rows) => {
    const made = preprocess(filled(30, 30, [1, 2, 3, 255]), { image_processor_type });
    expect(made).toMatchObject({ size, rows, cols: rows });
    expect(made.tiles).toHaveLength(rows * rows + 1);
  });

  it('tells families without a name apart by their settings', () => {
    const pixels = filled(30, 15, [1, 2, 3, 255]);
    expect(preprocess(pixels, { max_image_size: { longest_edge: 8 }, size: { longest_edge: 16 } })).toMatchObject({ size: 8, rows: 1, cols: 2 });
    expect(preprocess(pixels, { size: { height: 8, width: 8 } }).tiles[0]?.[0]).toBeCloseTo((1 / 255 - 0.5) / 0.5, 5);
    expect(preprocess(pixels, { size: { shortest_edge: 8 } }).size).toBe(224);
  });

  it('goes through an image of the size of a photograph', () => {
    const photo = { width: 4000, height: 3000, data: new Uint8ClampedArray(4000 * 3000 * 4).fill(200) };
    const made = preprocess(photo, { image_processor_type: 'SmolVLMImageProcessor', size: { longest_edge: 2048 }, max_image_size: { longest_edge: 512 } });
    expect(made).toMatchObject({ rows: 3, cols: 4, size: 512 });
    expect(made.tiles).toHaveLength(13);
  });

  it.each([
    ['an unknown filter', { ...bare, resample: 6 }, 'resample'],
    ['an output that is not square', { ...bare, size: { height: 2, width: 3 } }, '3 × 2'],
    ['a mean of two numbers', { ...bare, image_mean: [1, 2] }, 'image_mean'],
    ['the processor of a family that is not known', { image_processor_type: 'LlavaNextImageProcessor' }, 'LlavaNextImageProcessor'],
    ['what is no configuration', 'bicubic', 'preprocessor_config.json'],
  ])('refuses %s', (_, config, words) => {
    expect(() => preprocess(filled(4, 4, [0, 0, 0, 255]), config)).toThrow(expect.objectContaining({ code: 'checkpoint/unsupported', message: expect.stringContaining(words) }));
  });

  it('says which file is missing where there is no configuration', () => {
    for (const nothing of [undefined, null]) {
      expect(() => preprocess(filled(4, 4, [0, 0, 0, 255]), nothing)).toThrow(expect.objectContaining({ code: 'checkpoint/missing-file', message: expect.stringContaining('preprocessor_config.json') }));
    }
  });
});
