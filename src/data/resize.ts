/**
 * Resizing with antialiasing, bit for bit as Pillow 13 resamples 8-bit images: the filter widens when shrinking, rows are
 * resampled first, then columns, or the other way round where that is less work, and each pass rounds to bytes. The
 * images that checkpoints were trained on were made so.
 */

/** An RGB image as bytes, row by row: `data.length === width * height * 3`. */
export interface Rgb {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

export type Filter = 'nearest' | 'lanczos' | 'bilinear' | 'bicubic' | 'box' | 'hamming';

/** The filters by the numbers that Pillow, and so `preprocessor_config.json`, gives them. */
export const filters: readonly Filter[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'];

/** Pillow keeps its weights as integers with so many binary places. */
const places = 22;

interface Kernel {
  radius: number;
  /** By the distance from the centre, in source pixels when growing. */
  weight(x: number): number;
}

/** The cubic is Keys' with a = -0.5. */
const kernels: Record<Exclude<Filter, 'nearest'>, Kernel> = {
  lanczos: { radius: 3, weight: (x) => x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0 },
  bilinear: { radius: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { radius: 2, weight: (x) => cubic(Math.abs(x)) },
  box: { radius: 0.5, weight: (x) => x > -0.5 && x <= 0.5 ? 1 : 0 },
  hamming: { radius: 1, weight: (x) => Math.abs(x) < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0 },
};

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function cubic(x: number): number {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

/** `image` at `width` × `height`; the image itself where it has that size already. */
export function resize(image: Rgb, width: number, height: number, filter: Filter): Rgb {
  if (width === image.width && height === image.height) return image;
  if (filter === 'nearest') return pick(image, width, height);
  const kernel = kernels[filter];
  const wide = (before: Rgb): Rgb => width === before.width ? before : resizeRows(before, width, tapsOf(before.width, width, kernel));
  const high = (before: Rgb): Rgb => height === before.height ? before : resizeColumns(before, height, tapsOf(before.height, height, kernel));
  // Pillow's rule since its release 13; before it rows always came first.
  const columnsFirst = image.height - height > Math.max(0, 2 * (image.width - width));
  return columnsFirst ? wide(high(image)) : high(wide(image));
}

function pick(image: Rgb, width: number, height: number): Rgb {
  const columns = nearest(image.width, width);
  const rows = nearest(image.height, height);
  const data = new Uint8ClampedArray(width * height * 3);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * image.width + column) * 3;
      data[to++] = image.data[from] as number;
      data[to++] = image.data[from + 1] as number;
      data[to++] = image.data[from + 2] as number;
    }
  }
  return { width, height, data };
}

/** The source pixel under the middle of each output pixel; Pillow walks there in steps, whose rounding counts. */
function nearest(have: number, want: number): Int32Array {
  const chosen = new Int32Array(want);
  const scale = have / want;
  for (let i = 0, at = scale / 2; i < want; i++, at += scale) chosen[i] = Math.min(have - 1, Math.trunc(at));
  return chosen;
}

/** For each output pixel the first source pixel that it draws on, and where its weights begin and end. */
interface Taps {
  first: Int32Array;
  begin: Int32Array;
  weights: Int32Array;
}

function tapsOf(have: number, want: number, { radius, weight }: Kernel): Taps {
  const scale = have / want;
  const spread = Math.max(1, scale);
  const support = radius * spread;
  const [first, begin, weights] = [new Int32Array(want), new Int32Array(want + 1), [] as number[]];
  for (let i = 0; i < want; i++) {
    const centre = (i + 0.5) * scale;
    const from = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(have, Math.trunc(centre + support + 0.5));
    const raw = Array.from({ length: end - from }, (_, k) => weight((from + k - centre + 0.5) * (1 / spread)));
    const total = raw.reduce((sum, w) => sum + w, 0);
    for (const w of raw) weights.push(roundAway((total === 0 ? w : w / total) * 2 ** places));
    first[i] = from;
    begin[i + 1] = weights.length;
  }
  return { first, begin, weights: Int32Array.from(weights) };
}

function roundAway(x: number): number {
  return x < 0 ? Math.trunc(x - 0.5) : Math.trunc(x + 0.5);
}

function resizeRows(image: Rgb, width: number, { first, begin, weights }: Taps): Rgb {
  const source = image.data;
  const data = new Uint8ClampedArray(width * image.height * 3);
  const half = 1 << (places - 1);
  for (let y = 0, to = 0; y < image.height; y++) {
    for (let x = 0; x < width; x++) {
      let at = (y * image.width + (first[x] as number)) * 3;
      const end = begin[x + 1] as number;
      let [red, green, blue] = [half, half, half];
      for (let tap = begin[x] as number; tap < end; tap++) {
        const weight = weights[tap] as number;
        red += Math.imul(weight, source[at++] as number);
        green += Math.imul(weight, source[at++] as number);
        blue += Math.imul(weight, source[at++] as number);
      }
      data[to++] = red >> places;
      data[to++] = green >> places;
      data[to++] = blue >> places;
    }
  }
  return { width, height: image.height, data };
}

/** Sums whole rows, so that memory is read in order. */
function resizeColumns(image: Rgb, height: number, { first, begin, weights }: Taps): Rgb {
  const stride = image.width * 3;
  const source = image.data;
  const data = new Uint8ClampedArray(stride * height);
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(1 << (places - 1));
    let at = (first[y] as number) * stride;
    const end = begin[y + 1] as number;
    for (let tap = begin[y] as number; tap < end; tap++) {
      const weight = weights[tap] as number;
      for (let i = 0; i < stride; i++) sums[i] = (sums[i] as number) + Math.imul(weight, source[at + i] as number);
      at += stride;
    }
    for (let i = 0, to = y * stride; i < stride; i++) data[to + i] = (sums[i] as number) >> places;
  }
  return { width: image.width, height, data };
}
