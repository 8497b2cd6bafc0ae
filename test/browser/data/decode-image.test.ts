import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../src/data/decode-image';
import { encodePng } from '../../../src/data/encode-png';
import type { Pixels } from '../../../src/data/types';

const picture: Pixels = {
  width: 5, height: 3, data: Uint8ClampedArray.from({ length: 60 }, (_, i) => i % 4 === 3 ? 255 : (i * 37) % 256),
};

describe('decoding an image', () => {
  it('gives back the opaque pixels of a PNG that we wrote, from bytes and from a blob', async () => {
    const png = encodePng(picture);
    expect(await decodeImage(png, 'a.png')).toEqual(picture);
    expect(await decodeImage(new Blob([png]), 'a.png')).toEqual(picture);
  });

  it('keeps full transparency', async () => {
    const clear = { width: 1, height: 1, data: new Uint8ClampedArray([0, 0, 0, 0]) };
    expect(await decodeImage(encodePng(clear), 'clear.png')).toEqual(clear);
  });

  it('refuses what is no image, or half of one, by its name', async () => {
    const half = encodePng(picture).slice(0, 40);
    for (const broken of [new Uint8Array([1, 2, 3]), new Uint8Array(0), half]) {
      await expect(decodeImage(broken, 'cats/17.png')).rejects.toMatchObject({ code: 'data/undecodable-image', message: expect.stringContaining('cats/17.png') });
    }
  });
});
