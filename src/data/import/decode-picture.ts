/**
 * A picture of somebody's own data as opaque pixels: the first frame, upright, on white. The models' own way with a transparency, whose
 * hidden colours they see, is `decode-image.ts` alone.
 */
import { decodeImage } from '../decode-image';
import type { Pixels } from '../types';

/** Throws `data/undecodable-image` where the browser cannot decode it, or it is too large. */
export async function decodePicture(bytes: Blob, name: string): Promise<Pixels> {
  const pixels = await decodeImage(bytes, name);
  layOnWhite(pixels);
  return pixels;
}

/** In place. */
export function layOnWhite({ data }: Pixels): void {
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] as number;
    if (alpha === 255) continue;
    for (let i = at; i < at + 3; i++) data[i] = Math.round(((data[i] as number) * alpha + 255 * (255 - alpha)) / 255);
    data[at + 3] = 255;
  }
}
