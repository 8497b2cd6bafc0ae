// A packed matrix [out, in] (the layout is in packed/matrix.ts) as W (see sizes.wgsl): a group of 32 numbers of k at a time, so
// that a scale is read once. After half.wgsl; before words-each.wgsl or words-four.wgsl, which go through a group.

override BITS: u32;

const UNIT = 32u;

// Not read with halves.
@group(0) @binding(7) var<storage, read> scales: array<u32>;

// Of four lines of the matrix, which are columns of W.
struct Affine {
  scale: vec4<f32>,
  zero: vec4<f32>,
}

fn words_per_line() -> u32 { return (sizes.k * BITS + 31u) / 32u; }

fn low_halves(bits: vec4<u32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(vec4(widen(bits.x & 0xffffu), widen(bits.y & 0xffffu), widen(bits.z & 0xffffu), widen(bits.w & 0xffffu)));
}

fn affine_of(line: u32, k: u32) -> Affine {
  if (BITS == 16u) { return Affine(); }
  let groups = (sizes.k + 31u) / 32u;
  let at = line * groups + k / 32u;
  let both = vec4(scales[at], scales[at + groups], scales[at + 2u * groups], scales[at + 3u * groups]);
  return Affine(low_halves(both), low_halves(both >> vec4(16u)));
}

fn numbers(words: vec4<u32>, place: u32, affine: Affine) -> vec4<f32> {
  // Signed, which is converted faster.
  let codes = bitcast<vec4<i32>>((words >> vec4(place * BITS)) & vec4((1u << BITS) - 1u));
  return vec4<f32>(codes) * affine.scale + affine.zero;
}

// Four numbers of k from a place in a word on, of four lines.
fn block(words: vec4<u32>, place: u32, affine: Affine) -> mat4x4<f32> {
  return mat4x4(
    numbers(words, place, affine), numbers(words, place + 1u, affine),
    numbers(words, place + 2u, affine), numbers(words, place + 3u, affine),
  );
}

fn block_of_halves(one: vec4<u32>, two: vec4<u32>) -> mat4x4<f32> {
  return mat4x4(low_halves(one), low_halves(one >> vec4(16u)), low_halves(two), low_halves(two >> vec4(16u)));
}

// With all numbers of a word of each line; int8 has four of them, int4 eight.
fn with_word(sums: Sums, row: u32, k: u32, first: vec4<u32>, second: vec4<u32>, a: Affine, b: Affine) -> Sums {
  let half = with_blocks(sums, row, k, block(first, 0u, a), block(second, 0u, b));
  if (BITS == 8u) { return half; }
  return with_blocks(half, row, k + 4u, block(first, 4u, a), block(second, 4u, b));
}
