/**
 * Whether a picture can be taken, from its bytes and before anything is decoded: its format, its size, and whether it is whole. That its
 * pixels decode is known only when they are (`decode-picture.ts`).
 */
import { isWhole } from '../image-end';
import { headerBytes, headerOf, mostPixels, type ImageHeader } from '../image-header';
import type { NamedFile } from './row';

/** A file of more bytes is read no further than its header; 50 megapixels uncompressed with alpha are 200 MB. */
export const mostPictureBytes = 256 * 2 ** 20;

export type CheckedPicture = { header: ImageHeader; reason?: undefined } | { reason: string; header?: undefined };

/** What the picture is, or the reason for a fault of its row, going on from "the picture": "is cut short". Throws `data/unreadable`. */
export async function checkPicture(file: NamedFile): Promise<CheckedPicture> {
  if (file.size === 0) return { reason: `"${file.name}" has 0 bytes` };
  const head = await file.slice(0, Math.min(file.size, headerBytes));
  const header = headerOf(head);
  if (header === undefined) return { reason: `"${file.name}" is no PNG, JPEG, WebP, GIF, AVIF or BMP picture, or is cut short within its header. ${saveAgain}` };
  const { type, width, height } = header;
  if (width < 1 || height < 1) return { reason: `"${file.name}" says that it has ${width} × ${height} pixels` };
  if (width * height > mostPixels) return { reason: `"${file.name}" has ${width} × ${height} pixels; at most ${mostPixels / 1e6} megapixels are taken. Scale it down` };
  if (file.size > mostPictureBytes) return { reason: `"${file.name}" has ${Math.round(file.size / 2 ** 20)} MiB; at most ${mostPictureBytes / 2 ** 20} MiB are taken. ${saveAgain}` };
  const bytes = head.length === file.size ? head : await file.slice(0, file.size);
  return isWhole(bytes, type) ? { header } : { reason: `"${file.name}" is cut short: it ends within its picture. Copy or download it again` };
}

const saveAgain = 'Save it as PNG or JPEG';
