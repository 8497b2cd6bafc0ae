import { inflateSync } from 'node:zlib';
import { Resvg } from '@resvg/resvg-js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../../src/data/encode-png';
import type { Pixels } from '../../../src/data/types';

const images = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).chain(([width, height]) =>
  fc.uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 })
    .map((data): Pixels => ({ width, height, data: new Uint8ClampedArray(data) })));

/** What an independent decoder, which checks the checksums, makes of the file. */
function drawn(png: Uint8Array, { width, height }: Pixels): Uint8Array {
  const href = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image width="${width}" height="${height}" image-rendering="optimizeSpeed" href="${href}"/></svg>`;
  return new Resvg(svg).render().pixels;
}

describe('a written PNG', () => {
  it('holds every byte of the pixels, transparent ones included', () => {
    fc.assert(fc.property(images, (pixels) => {
      const png = Buffer.from(encodePng(pixels));
      const length = png.readUInt32BE(33);
      const rows = inflateSync(png.subarray(41, 41 + length));
      const stride = pixels.width * 4 + 1;
      const data = rows.filter((_, i) => i % stride !== 0);
      expect(png.readUInt32BE(16)).toBe(pixels.width);
      expect(png.readUInt32BE(20)).toBe(pixels.height);
      expect([...data]).toEqual([...pixels.data]);
    }));
  });

  it('is drawn as the opaque pixels it was made from by another decoder', () => {
    fc.assert(fc.property(images, (pixels) => {
      const opaque = { ...pixels, data: pixels.data.map((x, i) => i % 4 === 3 ? 255 : x) };
      expect([...drawn(encodePng(opaque), opaque)]).toEqual([...opaque.data]);
    }), { numRuns: 30 });
  });
});
