/**
 * Decodes an image file (PNG, JPEG, WebP, …) into pixels with the browser's own decoder; page and workers alike.
 */
import { ComdError } from '../errors';
import type { Pixels } from './types';

/**
 * Pixels of the image as stored, without colour conversion. `name` says in the error which image it was.
 * Throws `data/undecodable-image`.
 */
export async function decodeImage(image: Blob | Uint8Array<ArrayBuffer>, name: string): Promise<Pixels> {
  const bitmap = await open(image instanceof Blob ? image : new Blob([image]), name);
  try {
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (context === null) throw undecodable(name);
    context.drawImage(bitmap, 0, 0);
    return { width, height, data: context.getImageData(0, 0, width, height).data };
  } finally {
    bitmap.close();
  }
}

async function open(image: Blob, name: string): Promise<ImageBitmap> {
  try {
    // The numbers in the file are what models are trained on, not what a colour profile makes of them.
    return await createImageBitmap(image, { colorSpaceConversion: 'none' });
  } catch (cause) {
    throw undecodable(name, cause);
  }
}

function undecodable(name: string, cause?: unknown): ComdError {
  return new ComdError(
    'data/undecodable-image',
    `Image "${name}" cannot be decoded.`,
    'Check that the file is complete and a PNG, JPEG, WebP or GIF, or take its records out.',
    { cause },
  );
}
