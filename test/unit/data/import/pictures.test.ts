/** Finding the picture of a row, and what its bytes say before it is decoded. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWhole } from '../../../../src/data/image-end';
import { headerOf } from '../../../../src/data/image-header';
import { bytesFile } from '../../../../src/data/import/files';
import { checkPicture } from '../../../../src/data/import/picture-check';
import { pictureFinder } from '../../../../src/data/import/pictures';
import type { ImportedRow } from '../../../../src/data/import/row';

const folder = new URL('../../../fixtures/pictures/', import.meta.url);
const fixture = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
const named = (name: string) => bytesFile(name, new Uint8Array(1));
const row = (image: string, file = 'train.json'): ImportedRow => ({ file, row: 3, id: 'a', image, caption: 'a cat', exchanges: [] });

/** The name of the picture that is found, or why none is. */
function find(image: string, names: readonly string[], file?: string): string {
  const found = pictureFinder(names.map(named)).find(row(image, file));
  return found.fault === undefined ? found.file.name : found.fault.reason;
}

describe('the picture of a row', () => {
  it.each([
    ['its exact path', 'images/a.png', ['images/a.png', 'a.png', 'old/images/a.png'], 'images/a.png'],
    ['its path beside the file of the row', 'a.png', ['data/a.png', 'other/a.png'], 'data/a.png', 'data/train.json'],
    ['its path under a common folder', 'images/a.png', ['set/images/a.png', 'set/masks/a.png'], 'set/images/a.png'],
    ['its path above a common folder', 'coco/train2017/a.png', ['train2017/a.png', 'val2017/a.png'], 'train2017/a.png'],
    ['its name where it is the only one', 'somewhere/else/a.png', ['images/a.png', 'images/b.png'], 'images/a.png'],
    ['another spelling of its path', '.\\images\\a\u0308.png', ['set/images/ä.png'], 'set/images/ä.png'],
    ['its place in a zip', 'images/a.png', ['data.zip/train.json', 'data.zip/images/a.png'], 'data.zip/images/a.png', 'data.zip/train.json'],
  ])('is found by %s', (_, image, names, found, file?: string) => {
    expect(find(image, names, file)).toBe(found);
  });

  it('is refused by name where it is missing, not named, or two could be meant', () => {
    expect(find('a.png', ['b.png'])).toBe('names the picture "a.png", which is not among the files given');
    expect(find('', ['b.png'])).toContain('names no picture');
    expect(find('a.png', ['x/a.png', 'y/a.png'])).toBe('names the picture "a.png", and both "x/a.png" and "y/a.png" could be meant');
    expect(pictureFinder([]).find(row('a.png')).fault).toMatchObject({ file: 'train.json', row: 3, field: 'image' });
  });

  it('is its own where it brings one', () => {
    const picture = named('own');
    expect(pictureFinder([named('a.png')]).find({ ...row('a.png'), picture })).toEqual({ file: picture });
  });
});

const whole = readdirSync(folder).filter((name) => /^(plain|animated|turned|alpha|half|cmyk|grey|one|progressive)/.test(name));

describe('the bytes of a picture', () => {
  it.each(whole)('%s tell its format and size', async (name) => {
    const { header, reason } = await checkPicture(bytesFile(name, fixture(name)));
    expect(reason).toBeUndefined();
    const [width, height] = name === 'one-pixel.png' ? [1, 1] : name === 'turned-6.jpg' ? [16, 24] : [24, 16];
    expect(header).toEqual({ type: `image/${name.slice(name.lastIndexOf('.') + 1).replace('jpg', 'jpeg')}`, width, height });
  });

  it('tell that it is cut short, wherever it is', async () => {
    for (const name of whole) {
      const bytes = fixture(name);
      const { type } = headerOf(bytes) as NonNullable<ReturnType<typeof headerOf>>;
      expect(isWhole(bytes, type)).toBe(true);
      for (let length = 0; length < bytes.length; length += 1) {
        // What follows the first frame of a GIF is not needed; nor is the checksum behind the name of a PNG's last chunk.
        const isEnough = (type === 'image/gif' && isWhole(bytes.slice(0, length), type)) || (type === 'image/png' && length >= bytes.length - 4);
        const { reason } = await checkPicture(bytesFile(name, bytes.slice(0, length)));
        if (!isEnough) expect(reason, `${name} at ${length}`).toMatch(/0 bytes|cut short/);
      }
    }
    // A frame's bytes reach almost to the end of a still GIF.
    const gif = fixture('plain.gif');
    expect(isWhole(gif.slice(0, -3), 'image/gif')).toBe(false);
  });

  it('tell that it is too large, empty or none, with what to do', async () => {
    expect((await checkPicture(bytesFile('big.png', fixture('hundred-megapixels.png')))).reason).toBe('"big.png" has 10000 × 10000 pixels; at most 50 megapixels are taken. Scale it down');
    expect((await checkPicture(bytesFile('no.png', new Uint8Array(0)))).reason).toBe('"no.png" has 0 bytes');
    const flat = fixture('plain.png');
    flat.fill(0, 16, 20);
    expect((await checkPicture(bytesFile('flat.png', flat))).reason).toBe('"flat.png" says that it has 0 × 16 pixels');
    expect((await checkPicture(bytesFile('a.png', new TextEncoder().encode('<svg/>')))).reason).toContain('is no PNG, JPEG, WebP, GIF, AVIF or BMP picture');
  });

  it('come to an end, whatever they are', () => {
    const starts = fc.constantFrom(...whole.map((name) => [...fixture(name).slice(0, 60)]));
    fc.assert(fc.property(starts, fc.uint8Array({ maxLength: 200 }), fc.constantFrom('image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp', 'image/avif'), (start, rest, type) => {
      const bytes = Uint8Array.from([...start, ...rest]);
      expect([true, false]).toContain(isWhole(bytes, type));
      headerOf(bytes);
    }), { numRuns: 5000 });
  });
});
