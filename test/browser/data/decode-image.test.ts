/** Image files as the browser decodes them, against the bytes that they were made from. */
import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../../../src/data/decode-image';

type Bytes = Uint8Array<ArrayBuffer>;
const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));
const number = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];

function crc(bytes: readonly number[]): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

function chunk(type: string, data: readonly number[]): number[] {
  const body = [...ascii(type), ...data];
  return [...number(data.length), ...body, ...number(crc(body))];
}

/** A PNG of 8 bits a channel; `samples` row by row without filter bytes. */
function png(width: number, height: number, colourType: number, samples: readonly number[], extra: readonly number[] = []): Blob {
  const stride = samples.length / height;
  const rows = Array.from({ length: height }, (_, y) => [0, ...samples.slice(y * stride, (y + 1) * stride)]).flat();
  return new Blob([Uint8Array.from([
    0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a, ...chunk('IHDR', [...number(width), ...number(height), 8, colourType, 0, 0, 0]),
    ...extra, ...chunk('IDAT', [...zlibSync(Uint8Array.from(rows))]), ...chunk('IEND', []),
  ])]);
}

/** A big-endian TIFF header with one entry: orientation. */
const orientation = (value: number): number[] => [...ascii('MM'), 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0];

/** 32 × 16, black but for a white quarter at the upper left. */
async function jpeg(value?: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(32, 16);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.fillRect(0, 0, 32, 16);
  context.fillStyle = 'white';
  context.fillRect(0, 0, 16, 8);
  const bytes: Bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 1 })).arrayBuffer());
  if (value === undefined) return new Blob([bytes]);
  const exif = [...ascii('Exif'), 0, 0, ...orientation(value)];
  return new Blob([bytes.slice(0, 2), Uint8Array.from([0xff, 0xe1, 0, exif.length + 2, ...exif]), bytes.slice(2)]);
}

const opaque = (rgb: readonly number[]): number[] => rgb.flatMap((byte, i) => i % 3 === 2 ? [byte, 255] : [byte]);
const noise = Array.from({ length: 60 }, (_, i) => (i * 97 + 31) % 256);

describe('an image file', () => {
  it('gives the bytes of a PNG in colour or in grey, or of its palette', async () => {
    expect(await decodeImage(png(5, 4, 2, noise), 'a.png')).toEqual({ width: 5, height: 4, data: Uint8ClampedArray.from(opaque(noise)) });
    expect([...(await decodeImage(png(3, 1, 0, [0, 128, 255]), 'a.png')).data]).toEqual(opaque([0, 0, 0, 128, 128, 128, 255, 255, 255]));
    const palette = chunk('PLTE', [10, 20, 30, 200, 100, 0]);
    expect([...(await decodeImage(png(2, 1, 3, [1, 0], palette), 'a.png')).data]).toEqual(opaque([200, 100, 0, 10, 20, 30]));
  });

  it('keeps the colours that lie hidden under a transparency', async () => {
    const hidden = [255, 3, 77, 0, 12, 13, 14, 1, 201, 101, 51, 128, 9, 8, 7, 255];
    expect([...(await decodeImage(png(2, 2, 6, hidden), 'a.png')).data]).toEqual(hidden);
    const palette = [...chunk('PLTE', [10, 20, 30, 200, 100, 0]), ...chunk('tRNS', [0])];
    expect([...(await decodeImage(png(2, 1, 3, [1, 0], palette), 'a.png')).data]).toEqual([200, 100, 0, 255, 10, 20, 30, 0]);
  });

  it('is not colour-managed', async () => {
    const gamma = chunk('gAMA', number(100_000));
    expect([...(await decodeImage(png(5, 4, 2, noise, gamma), 'a.png')).data]).toEqual(opaque(noise));
  });

  it.each([
    [undefined, 32, 16, 0], [1, 32, 16, 0], [2, 32, 16, 1], [3, 32, 16, 3], [4, 32, 16, 2],
    [5, 16, 32, 0], [6, 16, 32, 1], [7, 16, 32, 3], [8, 16, 32, 2],
  ])('of a JPEG with orientation %s stands upright', async (value, width, height, quarter) => {
    const image = await decodeImage(await jpeg(value), 'a.jpg');
    expect([image.width, image.height]).toEqual([width, height]);
    const at = (x: number, y: number): number => image.data[(Math.floor(y * height) * width + Math.floor(x * width)) * 4] as number;
    const bright = [at(0.25, 0.25), at(0.75, 0.25), at(0.25, 0.75), at(0.75, 0.75)].map((byte) => byte > 200);
    expect(bright).toEqual([0, 1, 2, 3].map((i) => i === quarter));
  });

  it.each([1, 2, 3, 4, 6])('that is transparent and has orientation %i stands as an opaque one does', async (value) => {
    const exif = chunk('eXIf', orientation(value));
    const colours = [250, 0, 0, 0, 250, 0, 0, 0, 250, 99, 99, 99];
    const solid = await decodeImage(png(2, 2, 2, colours, exif), 'a.png');
    const clear = await decodeImage(png(2, 2, 6, colours.flatMap((byte, i) => i % 3 === 2 ? [byte, 254] : [byte]), exif), 'a.png');
    expect(clear.data.map((byte, i) => i % 4 === 3 ? 255 : byte)).toEqual(solid.data);
  });

  it('is refused where rows of its pixels are missing within a file that is whole', async () => {
    // The rows hold a quarter of the bytes that their width promises.
    const short = png(20, 4, 2, noise);
    const refused = expect.objectContaining({ code: 'data/undecodable-image', message: expect.stringContaining('"short.png"') as string });
    await expect(decodeImage(short, 'short.png')).rejects.toEqual(refused);
  });

  it('is refused by its name when it is none, is cut short before its pixels or is too large to decode', async () => {
    const refused = (words: string): unknown => expect.objectContaining({ code: 'data/undecodable-image', message: expect.stringContaining(words) as string });
    await expect(decodeImage(new Blob(['no image']), 'notes.txt')).rejects.toEqual(refused('"notes.txt"'));
    await expect(decodeImage(new Blob([]), 'nothing.png')).rejects.toEqual(refused('"nothing.png"'));
    await expect(decodeImage(png(5, 4, 2, noise).slice(0, 30), 'short.png')).rejects.toEqual(refused('"short.png"'));
    await expect(decodeImage(png(20_000, 20_000, 2, []), 'bomb.png')).rejects.toEqual(refused('20000 × 20000'));
  });
});
