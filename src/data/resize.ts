/**
 * Resizing with antialiasing, bit for bit as Pillow 12 and before it resample 8-bit images: the filter widens when
 * shrinking, rows are resampled first, then columns, and each pass rounds to bytes. Checkpoints were trained on such
 * images. (Pillow 13 takes the columns first for some sizes.)
 */

/** An RGB image as bytes, row by row: `data.length === width * height * 3`. */
export interface Rgb {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

export type Filter = 'bilinear' | 'bicubic';

/** Pillow keeps its weights as integers of this unit. */
const unit = 2 ** 22;

/** Keys' cubic with a = -0.5, and the triangle; both by the distance from the centre in source pixels. */
const kernels: Record<Filter, { radius: number; weight: (x: number) => number }> = {
  bilinear: { radius: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { radius: 2, weight: (x) => cubic(Math.abs(x)) },
};

function cubic(x: number): number {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  if (x < 2) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return 0;
}

/** `image` at `width` × `height`; the image itself where it has that size already. */
export function resize(image: Rgb, width: number, height: number, filter: Filter): Rgb {
  const wide = width === image.width ? image : resizeRows(image, width, filter);
  return height === wide.height ? wide : transposed(resizeRows(transposed(wide), height, filter));
}

function resizeRows(image: Rgb, width: number, filter: Filter): Rgb {
  const taps = tapsOf(image.width, width, filter);
  const data = new Uint8ClampedArray(width * image.height * 3);
  let to = 0;
  for (let y = 0; y < image.height; y++) {
    for (const { first, weights } of taps) {
      const from = (y * image.width + first) * 3;
      for (let channel = 0; channel < 3; channel++) {
        let sum = unit / 2;
        for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * (image.data[from + i * 3 + channel] as number);
        data[to++] = Math.floor(sum / unit);
      }
    }
  }
  return { width, height: image.height, data };
}

/** For each output pixel, the first source pixel that it draws on and the weights from there. */
function tapsOf(have: number, want: number, filter: Filter): { first: number; weights: number[] }[] {
  const { radius, weight } = kernels[filter];
  const scale = have / want;
  const spread = Math.max(1, scale);
  return Array.from({ length: want }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - radius * spread + 0.5));
    const end = Math.min(have, Math.trunc(centre + radius * spread + 0.5));
    const raw = Array.from({ length: end - first }, (_, k) => weight((first + k - centre + 0.5) / spread));
    const total = raw.reduce((sum, w) => sum + w, 0);
    return { first, weights: raw.map((w) => roundAway((w / total) * unit)) };
  });
}

function roundAway(x: number): number {
  return x < 0 ? Math.trunc(x - 0.5) : Math.trunc(x + 0.5);
}

function transposed({ width, height, data }: Rgb): Rgb {
  const flipped = new Uint8ClampedArray(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      flipped.set(data.subarray(from, from + 3), (x * height + y) * 3);
    }
  }
  return { width: height, height: width, data: flipped };
}
