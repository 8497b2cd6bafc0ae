/** Pictures of every kind that people bring, as the browser decodes them; test/fixtures/pictures/README.md tells what each is. */
import { describe, expect, it } from 'vitest';
import { decodePicture } from '../../../../src/data/import/decode-picture';
import { namedFile } from '../../../../src/data/import/files';
import { checkPicture } from '../../../../src/data/import/picture-check';
import type { Pixels } from '../../../../src/data/types';

const urls = import.meta.glob<string>('../../../fixtures/pictures/*.*', { query: '?url', import: 'default', eager: true });

async function fixture(name: string): Promise<Blob> {
  const response = await fetch(urls[`../../../fixtures/pictures/${name}`] as string);
  return await response.blob();
}

const names = (start: string): string[] => Object.keys(urls).map((path) => path.slice(path.lastIndexOf('/') + 1)).filter((name) => name.startsWith(start));

const [red, blue, white] = [[220, 30, 30], [20, 40, 210], [255, 255, 255]] as const;

/** The colour in the middle of the left and of the right half. */
function halves({ width, height, data }: Pixels): number[][] {
  return [0.25, 0.75].map((x) => {
    const at = (Math.floor(height / 2) * width + Math.floor(x * width)) * 4;
    return [...data.slice(at, at + 4)];
  });
}

/** Whether each channel is near, and the pixel opaque. */
function expectColours(pixels: Pixels, colours: readonly (readonly number[])[], near: number): void {
  for (const [i, seen] of halves(pixels).entries()) {
    const apart = (colours[i] as readonly number[]).map((byte, channel) => Math.abs(byte - (seen[channel] as number)));
    expect(Math.max(...apart), `half ${i} is ${seen.join()}`).toBeLessThanOrEqual(near);
    expect(seen[3]).toBe(255);
  }
}

describe('a picture', () => {
  it.each([...names('plain.'), 'progressive.jpg', ...names('animated.'), ...names('turned-'), 'cmyk.jpg'])('%s is decoded upright, by its first frame', async (name) => {
    const pixels = await decodePicture(await fixture(name), name);
    expect([pixels.width, pixels.height]).toEqual([24, 16]);
    // A naive conversion from CMYK and back keeps colours; without a profile no browser is exact.
    expectColours(pixels, [red, blue], name === 'cmyk.jpg' ? 40 : name.endsWith('avif') ? 12 : 6);
  });

  it('in grey, and one of a single pixel, are decoded', async () => {
    const [[first = 0, second, third] = []] = halves(await decodePicture(await fixture('grey.jpg'), 'grey.jpg'));
    expect([second, third]).toEqual([first, first]);
    expect(await decodePicture(await fixture('one-pixel.png'), 'one-pixel.png')).toEqual({ width: 1, height: 1, data: Uint8ClampedArray.from([...red, 255]) });
  });

  it('with an alpha is laid on white', async () => {
    for (const name of ['alpha.png', 'alpha.webp']) expectColours(await decodePicture(await fixture(name), name), [red, white], 0);
    expectColours(await decodePicture(await fixture('half-alpha.png'), 'half-alpha.png'), [red, blue.map((byte) => (byte * 128 + 255 * 127) / 255)], 1);
  });

  it.each(names('cut'))('%s is refused by its name, before and while it is decoded', async (name) => {
    const bytes = await fixture(name);
    await expect(decodePicture(bytes, name)).rejects.toEqual(expect.objectContaining({ code: 'data/undecodable-image', message: expect.stringContaining(`"${name}" is cut short`) as string }));
    expect((await checkPicture(namedFile(new File([bytes], name)))).reason).toContain('is cut short');
  });

  it('of 100 megapixels is refused before it is decoded', async () => {
    const name = 'hundred-megapixels.png';
    await expect(decodePicture(await fixture(name), name)).rejects.toEqual(expect.objectContaining({ code: 'data/undecodable-image', message: expect.stringContaining('10000 × 10000') as string }));
  });
});
