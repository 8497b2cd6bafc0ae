// Blocks of 4×4 for products with a packed matrix (the layout is in matrix.ts) as B, in place of blocks.wgsl of the linear maps:
// lines of A lie along k, and B is unpacked as it is read. After half.wgsl, and numbers.wgsl or vectors.wgsl of the linear maps.

override BITS: u32;

@group(0) @binding(2) var<storage, read> words: array<u32>;
// Not read with halves.
@group(0) @binding(6) var<storage, read> scales: array<u32>;

// B begins at the line b_offset of the matrix.
fn line_of_matrix(line: u32) -> u32 { return sizes.b_offset + line; }

fn words_per_line() -> u32 { return (sizes.b_stride * BITS + 31u) / 32u; }

fn word(line: u32, place: u32) -> u32 {
  return words[line_of_matrix(line) * words_per_line() + min(place, words_per_line() - 1u)];
}

fn half_of(bits: u32) -> f32 { return bitcast<f32>(widen(bits & 0xffffu)); }

// Four numbers of a line of the matrix as it lies, the first at a multiple of four.
fn four_of_line(line: u32, place: u32) -> vec4<f32> {
  if (BITS == 16u) {
    let low = word(line, place / 2u);
    let high = word(line, place / 2u + 1u);
    return vec4(half_of(low), half_of(low >> 16u), half_of(high), half_of(high >> 16u));
  }
  let codes = word(line, place * BITS / 32u) >> (place * BITS % 32u);
  let affine = scales[line_of_matrix(line) * ((sizes.b_stride + 31u) / 32u) + place / 32u];
  // Halves do not come here, but their shifts must be possible all the same. Signed numbers are converted faster.
  let shifts = vec4(0u, 1u, 2u, 3u) * BITS % 32u;
  let numbers = vec4<f32>(bitcast<vec4<i32>>((vec4(codes) >> shifts) & vec4((1u << BITS) - 1u)));
  return numbers * half_of(affine) + half_of(affine >> 16u);
}

// Beyond the last k, A counts as zero, and B as some row of it.
fn line_of_b(line: u32, place: u32) -> vec4<f32> {
  return four_of_line(select(min(line, sizes.k - 1u), line, B_TRANSPOSED), place);
}

fn lines_of_b(line: u32, place: u32) -> mat4x4<f32> {
  return mat4x4(line_of_b(line, place), line_of_b(line + 1u, place), line_of_b(line + 2u, place), line_of_b(line + 3u, place));
}

fn line_of_a(line: u32, place: u32) -> vec4<f32> { return four_of_a(line, place); }

fn block_of_a(row: u32, k: u32) -> mat4x4<f32> { return lines_of_a(row, k); }

fn block_of_b(k: u32, column: u32) -> mat4x4<f32> {
  if (B_TRANSPOSED) { return transpose(lines_of_b(column, k)); }
  return lines_of_b(k, column);
}
