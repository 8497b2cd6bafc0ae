// W [in, out] of floats, four rows at a time.

const UNIT = 4u;

fn block_of_weight(k: u32, column: u32) -> mat4x4<f32> {
  return mat4x4(four_of_weight(k, column), four_of_weight(k + 1u, column), four_of_weight(k + 2u, column), four_of_weight(k + 3u, column));
}

fn with_unit(sums: Sums, row: u32, k: u32, first: u32, second: u32) -> Sums {
  return with_blocks(sums, row, k, block_of_weight(k, first), block_of_weight(k, second));
}
