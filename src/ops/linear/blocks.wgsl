// Blocks of 4×4 of A and B. Rows and columns beyond the last are read as they come, and never written. Beyond the last k, A
// counts as zero and B as some row of B: not as what lies there, which times zero need not be zero.

fn line_of_a(line: u32, place: u32) -> vec4<f32> {
  return select(four_of_a(line, place), vec4<f32>(), A_TRANSPOSED && line >= sizes.k);
}

fn line_of_b(line: u32, place: u32) -> vec4<f32> {
  return four_of_b(select(min(line, sizes.k - 1u), line, B_TRANSPOSED), place);
}

fn lines_of_b(line: u32, place: u32) -> mat4x4<f32> {
  return mat4x4(line_of_b(line, place), line_of_b(line + 1u, place), line_of_b(line + 2u, place), line_of_b(line + 3u, place));
}

// Four rows of A, four numbers of k each.
fn block_of_a(row: u32, k: u32) -> mat4x4<f32> {
  if (A_TRANSPOSED) { return transpose(lines_of_a(k, row)); }
  return lines_of_a(row, k);
}

// Four rows of B along k, four columns each. `block_of_b(k, column) * block_of_a(row, k)` is what four rows of C gain by them.
fn block_of_b(k: u32, column: u32) -> mat4x4<f32> {
  if (B_TRANSPOSED) { return transpose(lines_of_b(column, k)); }
  return lines_of_b(k, column);
}
