/**
 * Image files of the user as pixels, decoded by the browser: upright by their EXIF orientation, and without colour
 * management, as transformers loads them. It resizes nothing and knows no model.
 */
import { ComdError } from '../errors';
import { isWhole } from './image-end';
import { headerBytes, headerOf, mostPixels } from './image-header';
import type { Pixels } from './types';

/**
 * RGBA of an image file, colours under a transparency included, of an animation the first frame. Needs a browser, on the page or in a
 * worker.
 * @param name of the file, for messages
 * Throws `data/undecodable-image` where the browser cannot decode it, it is cut short, or it is larger than {@link mostPixels}.
 */
export async function decodeImage(bytes: Blob, name: string): Promise<Pixels> {
  const header = headerOf(new Uint8Array(await bytes.slice(0, headerBytes).arrayBuffer()));
  if (header !== undefined) {
    refuseLarge(header, name);
    // The browser would paint what there is, and leave the rest grey.
    if (!isWhole(new Uint8Array(await bytes.arrayBuffer()), header.type)) throw undecodable(`"${name}" is cut short: it ends within its picture.`);
  }
  const bitmap = await open(bytes, name);
  try {
    refuseLarge(bitmap, name);
    const pixels = draw(bitmap, name);
    return isOpaque(pixels) ? pixels : await exact(bytes, header?.type ?? bytes.type, pixels) ?? pixels;
  } finally {
    bitmap.close();
  }
}

async function open(bytes: Blob, name: string): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(bytes, { colorSpaceConversion: 'none', premultiplyAlpha: 'none', imageOrientation: 'from-image' });
  } catch (cause) {
    throw undecodable(`"${name}" is not an image that this browser can decode.`, cause);
  }
}

function draw(bitmap: ImageBitmap, name: string): Pixels {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw undecodable(`"${name}" has ${width} × ${height} pixels, for which there is no memory.`);
  context.drawImage(bitmap, 0, 0);
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

function isOpaque({ data }: Pixels): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false;
  return true;
}

/**
 * The image without the loss of a canvas, which keeps colours multiplied by their alpha. Undefined where the browser
 * has no WebCodecs, or turns the image for a canvas only.
 */
async function exact(bytes: Blob, type: string, drawn: Pixels): Promise<Pixels | undefined> {
  if (typeof ImageDecoder === 'undefined' || !(await ImageDecoder.isTypeSupported(type))) return undefined;
  const decoder = new ImageDecoder({ data: await bytes.arrayBuffer(), type, colorSpaceConversion: 'none' });
  try {
    const pixels = await copy((await decoder.decode()).image);
    return pixels !== undefined && agree(pixels, drawn) ? pixels : undefined;
  } catch {
    return undefined;
  } finally {
    decoder.close();
  }
}

/** In the frame's own format, since Chromium multiplies by alpha when it converts one. */
async function copy(frame: VideoFrame): Promise<Pixels | undefined> {
  try {
    const { displayWidth: width, displayHeight: height, format } = frame;
    if (format !== 'RGBA' && format !== 'BGRA') return undefined;
    const data = new Uint8ClampedArray(width * height * 4);
    await frame.copyTo(data, { layout: [{ offset: 0, stride: width * 4 }] });
    if (format === 'BGRA') for (let i = 0; i < data.length; i += 4) [data[i], data[i + 2]] = [data[i + 2] as number, data[i] as number];
    return { width, height, data };
  } finally {
    frame.close();
  }
}

/** Whether two images look the same; a canvas changes the colours of what is more than half opaque by 1 at most. */
function agree(one: Pixels, other: Pixels): boolean {
  if (one.width !== other.width || one.height !== other.height) return false;
  return one.data.every((byte, i) => {
    const alpha = one.data[i | 3] as number;
    const apart = Math.abs(byte - (other.data[i] as number));
    return apart === 0 || ((i & 3) !== 3 && (alpha < 128 || apart === 1));
  });
}

function refuseLarge({ width, height }: { width: number; height: number }, name: string): void {
  if (width * height <= mostPixels) return;
  throw undecodable(`"${name}" has ${width} × ${height} pixels; at most ${mostPixels / 1e6} million can be decoded.`);
}

function undecodable(message: string, cause?: unknown): ComdError {
  return new ComdError('data/undecodable-image', message, `Give a whole PNG, JPEG, WebP, GIF, AVIF or BMP image of at most ${mostPixels / 1e6} megapixels.`, { cause });
}
