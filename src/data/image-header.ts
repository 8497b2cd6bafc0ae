/**
 * What the first bytes of an image file say about it, so that an image can be refused before it is decoded. It decodes
 * nothing, and is no check: what is not recognised here may still be an image.
 */

export interface ImageHeader {
  /** MIME type. */
  type: string;
  /** As stored: a browser turns an image by its EXIF orientation only when it decodes it. */
  width: number;
  height: number;
}

/** The first bytes that tell all that is wanted: the colour profile of a CMYK JPEG alone can take half a mebibyte. */
export const headerBytes = 2 ** 22;

/** More pixels are not decoded: 50 megapixels are 200 MB of RGBA, and a canvas holds them a second time. */
export const mostPixels = 50e6;

/** Undefined where the bytes begin no PNG, JPEG, GIF, WebP, AVIF or BMP file whose size can be read. */
export function headerOf(bytes: Uint8Array<ArrayBuffer>): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return png(view) ?? jpeg(view) ?? gif(view) ?? webp(view) ?? bmp(view) ?? avif(view);
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

/** OS/2's header of 12 bytes has sizes of 16 bits; a negative height says that the rows go down. */
function bmp(view: DataView): ImageHeader | undefined {
  const headerLength = view.getUint16(0) === 0x424d ? view.getUint32(14, true) : 0;
  if (headerLength === 12) return { type: 'image/bmp', width: view.getUint16(18, true), height: view.getUint16(20, true) };
  // What begins with BM by chance has another length here.
  if (headerLength < 40 || headerLength > 124) return undefined;
  return { type: 'image/bmp', width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
}

const boxOf = (name: string): number => [...name].reduce((code, letter) => code * 256 + letter.charCodeAt(0), 0);
const [ftyp, meta, iprp, ipco, ispe] = ['ftyp', 'meta', 'iprp', 'ipco', 'ispe'].map(boxOf) as [number, number, number, number, number];
const mostBrandBytes = 256;
const avifBrands = [boxOf('avif'), boxOf('avis')];

/** The largest size among the properties: that of the image itself, beside those of its tiles and of a thumbnail. ISO/IEC 23008-12, 6.5.3. */
function avif(view: DataView): ImageHeader | undefined {
  if (view.getUint32(4) !== ftyp) return undefined;
  const brands = Array.from({ length: Math.floor(Math.min(view.getUint32(0), mostBrandBytes) / 4) - 2 }, (_, i) => view.getUint32(8 + 4 * i));
  if (!brands.some((brand) => avifBrands.includes(brand))) return undefined;
  // `meta` has a version and flags before its boxes.
  const properties = inner(view, inner(view, inner(view, { start: 0, end: view.byteLength }, meta, 4), iprp), ipco);
  const sizes = [...boxes(view, properties)].filter(({ name }) => name === ispe).map(({ start }) => ({ width: view.getUint32(start + 4), height: view.getUint32(start + 8) }));
  const [largest] = sizes.sort((one, other) => other.width * other.height - one.width * one.height);
  return largest === undefined ? undefined : { type: 'image/avif', ...largest };
}

interface Range {
  start: number;
  end: number;
}

/** The inside of the first box of a name; throws RangeError where there is none. */
function inner(view: DataView, range: Range, name: number, skip = 0): Range {
  for (const box of boxes(view, range)) if (box.name === name) return { start: box.start + skip, end: box.end };
  throw new RangeError('no such box');
}

function* boxes(view: DataView, { start, end }: Range): Generator<Range & { name: number }> {
  for (let at = start; at + 8 <= end;) {
    const size = view.getUint32(at);
    // 0 goes to the end; 1 says that 64 bits follow, as only pixels need.
    if (size < 8) return;
    yield { name: view.getUint32(at + 4), start: at + 8, end: Math.min(at + size, end) };
    at += size;
  }
}
