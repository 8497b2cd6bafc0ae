/**
 * What the first bytes of an image file say about it, so that an image can be refused before it is decoded. It decodes
 * nothing, and is no check: what is not recognised here may still be an image.
 */

export interface ImageHeader {
  /** MIME type. */
  type: string;
  width: number;
  height: number;
}

/** Undefined where the bytes begin no PNG, JPEG, GIF or WebP file whose size can be read. */
export function headerOf(bytes: Uint8Array<ArrayBuffer>): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return png(view) ?? jpeg(view) ?? gif(view) ?? webp(view);
  } catch {
    // A read behind the end: the file is cut short, which the decoder will say.
    return undefined;
  }
}

function png(view: DataView): ImageHeader | undefined {
  if (view.getUint32(0) !== 0x89504e47) return undefined;
  return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
}

/** The size is in the frame header, behind segments of any length. */
function jpeg(view: DataView): ImageHeader | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { type: 'image/jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    // Fill bytes before a marker count one each.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function gif(view: DataView): ImageHeader | undefined {
  if (view.getUint32(0) !== 0x47494638) return undefined;
  return { type: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** Of the three kinds of WebP, the lossless and the extended one can have an alpha channel. */
function webp(view: DataView): ImageHeader | undefined {
  if (view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250) return undefined;
  const type = 'image/webp';
  switch (view.getUint32(12)) {
    case 0x56503820: return { type, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 0x5650384c: {
      const bits = view.getUint32(21, true);
      return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 0x56503858: return { type, width: threeBytes(view, 24) + 1, height: threeBytes(view, 27) + 1 };
    default: return undefined;
  }
}

function threeBytes(view: DataView, at: number): number {
  return view.getUint16(at, true) + view.getUint8(at + 2) * 2 ** 16;
}
