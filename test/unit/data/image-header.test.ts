import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerOf } from '../../../src/data/image-header';

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const header = (...bytes: number[]): ReturnType<typeof headerOf> => headerOf(Uint8Array.from(bytes));
const riff = (...chunk: number[]): number[] => [...ascii('RIFF'), 0, 0, 0, 0, ...ascii('WEBP'), ...chunk];

const png = [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a, 0, 0, 0, 13, ...ascii('IHDR'), 0, 1, 0, 2, 0, 0, 1, 3];
const jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc4, 0, 2, 0xff, 0xc2, 0, 17, 8, 0, 50, 1, 0];

describe('the header of an image file', () => {
  it('tells type and size of a PNG, a JPEG behind other segments, and a GIF', () => {
    expect(header(...png)).toEqual({ type: 'image/png', width: 65538, height: 259 });
    expect(header(...jpeg)).toEqual({ type: 'image/jpeg', width: 256, height: 50 });
    expect(header(...ascii('GIF89a'), 44, 1, 7, 0)).toEqual({ type: 'image/gif', width: 300, height: 7 });
  });

  it('tells the size of the three kinds of WebP', () => {
    expect(header(...riff(...ascii('VP8 '), 0, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 0x2c, 0x41, 7, 0))).toEqual({ type: 'image/webp', width: 300, height: 7 });
    // 14 bits each, less one: 299 and 6.
    expect(header(...riff(...ascii('VP8L'), 0, 0, 0, 0, 0x2f, 0x2b, 0x81, 0x01, 0))).toEqual({ type: 'image/webp', width: 300, height: 7 });
    expect(header(...riff(...ascii('VP8X'), 10, 0, 0, 0, 0, 0, 0, 0, 0x2b, 1, 0, 6, 0, 1))).toEqual({ type: 'image/webp', width: 300, height: 65543 });
  });

  it('is undefined where the bytes are of another kind or end too soon', () => {
    for (const bytes of [[], ascii('GIF'), ascii('no image at all'), png.slice(0, 20), jpeg.slice(0, -1), riff(...ascii('VP8?'))]) expect(header(...bytes)).toBeUndefined();
  });

  it('comes to an end on any bytes', () => {
    const starts = fc.constantFrom([], [0xff, 0xd8], png.slice(0, 8), riff(...ascii('VP8L')), ascii('GIF8'));
    fc.assert(fc.property(starts, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
      const found = header(...start, ...rest);
      expect(found === undefined || found.width >= 0).toBe(true);
    }), { numRuns: 10_000 });
  });
});
