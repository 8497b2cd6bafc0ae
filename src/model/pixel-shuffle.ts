/** Pixel shuffle (Idefics3; after Shi et al., arXiv 1609.05158): squares of patches become one wider token. */

/**
 * @param features `[images · side · side, width]`, patches row by row
 * @param factor edge of a square of patches; divides `side`
 * @returns `[images · (side / factor)², factor² · width]`; a token holds its patches row by row
 */
export function pixelShuffle(features: Float32Array, side: number, width: number, factor: number): Float32Array {
  if (factor === 1) return features;
  const images = features.length / (side * side * width);
  const out = new Float32Array(features.length);
  let to = 0;
  for (let image = 0; image < images; image++) {
    for (let top = 0; top < side; top += factor) {
      for (let left = 0; left < side; left += factor) {
        for (let y = top; y < top + factor; y++) {
          const from = ((image * side + y) * side + left) * width;
          out.set(features.subarray(from, from + factor * width), to);
          to += factor * width;
        }
      }
    }
  }
  return out;
}
