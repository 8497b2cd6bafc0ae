/**
 * Whether an image file goes on to its end, by its own structure. Browsers paint what has come of a file that is cut short, and leave the
 * rest grey; so this is asked before one decodes. It looks at no pixel: what is damaged inside is for the decoder to find.
 */

/** `type` as `headerOf` tells it. Of an animation, only the first frame has to be there. */
export function isWhole(bytes: Uint8Array<ArrayBuffer>, type: string): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    switch (type) {
      case 'image/png': return png(view);
      case 'image/jpeg': return jpeg(bytes, view);
      case 'image/gif': return gif(view);
      case 'image/webp': return view.getUint32(4, true) + 8 <= view.byteLength;
      case 'image/bmp': return bmp(view);
      case 'image/avif': return avif(view);
      default: return true;
    }
  } catch {
    // A read behind the end.
    return false;
  }
}

/** Chunk by chunk (length, name, data, checksum) to `IEND`. */
function png(view: DataView): boolean {
  let at = 8;
  while (view.getUint32(at + 4) !== 0x49454e44) at += 12 + view.getUint32(at);
  return true;
}

/** Segment by segment, and through the compressed pixels of each scan, to the mark of the end; a thumbnail's lies within a segment. */
function jpeg(bytes: Uint8Array, view: DataView): boolean {
  let at = 2;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return false;
    const mark = view.getUint8(at + 1);
    if (mark === 0xd9) return true;
    at += isMark(mark) ? 2 + view.getUint16(at + 2) : 1;
  }
}

/** Among compressed pixels, 0 stands for a byte 0xff, 0xd0 to 0xd7 restart the decoder, and 0xff fills. */
const isMark = (byte: number): boolean => byte !== 0 && byte !== 0xff && (byte < 0xd0 || byte > 0xd7);

/** Through the blocks before the first frame, and through that frame's. */
function gif(view: DataView): boolean {
  let at = 13 + paletteBytes(view.getUint8(10));
  for (;;) {
    const kind = view.getUint8(at);
    if (kind === 0x3b) return false;
    if (kind === 0x2c) return skipBlocks(view, at + 11 + paletteBytes(view.getUint8(at + 9))) > 0;
    at = skipBlocks(view, at + 2);
  }
}

const paletteBytes = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));

/** Behind a run of blocks that each say their length, and end with one of none. */
function skipBlocks(view: DataView, from: number): number {
  let at = from;
  for (let length = view.getUint8(at); length !== 0; length = view.getUint8(at)) at += 1 + length;
  return at + 1;
}

/** Of what is not compressed, all rows; compressed ones say their bytes. */
function bmp(view: DataView): boolean {
  const [start, headerLength] = [view.getUint32(10, true), view.getUint32(14, true)];
  const isOld = headerLength === 12;
  const [width, height] = isOld ? [view.getUint16(18, true), view.getUint16(20, true)] : [view.getInt32(18, true), Math.abs(view.getInt32(22, true))];
  const bits = view.getUint16(isOld ? 24 : 28, true);
  const compression = isOld ? 0 : view.getUint32(30, true);
  const isPlain = compression === 0 || compression === 3 || compression === 6;
  const pixels = isPlain ? Math.ceil((width * bits) / 32) * 4 * height : view.getUint32(34, true);
  return start + pixels <= view.byteLength;
}

/** Box by box; the last one may go to the end of the file. */
function avif(view: DataView): boolean {
  let [at, size] = [0, 0];
  let hasPixels = false;
  for (; at < view.byteLength; at += size) {
    size = view.getUint32(at);
    const isPixels = view.getUint32(at + 4) === 0x6d646174;
    if (size === 1) size = Number(view.getBigUint64(at + 8));
    if (size === 0) return isPixels || hasPixels;
    if (size < 8) return false;
    hasPixels ||= isPixels;
  }
  return hasPixels && at === view.byteLength;
}
