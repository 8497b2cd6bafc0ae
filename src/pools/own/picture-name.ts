/** How a picture of own data is named: by its content, so that whoever compares names compares pictures. */
import { sha256 } from '../../checkpoint/sha256';
import type { ImageHeader } from '../../data/image-header';

const extensions: Record<string, string> = {
  'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp', 'image/gif': 'gif', 'image/avif': 'avif', 'image/bmp': 'bmp',
};

/** The SHA-256 of the bytes in hexadecimal, and the extension of their format. */
export async function pictureName(bytes: Uint8Array, { type }: ImageHeader): Promise<string> {
  return `${await sha256(bytes)}.${extensions[type] ?? 'img'}`;
}
