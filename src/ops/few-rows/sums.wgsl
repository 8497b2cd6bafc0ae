// What a thread sums up: rows of x times two blocks of columns of W, and the squares of x, by which those are scaled in the end:
// norm(x)·W = r·((x ∘ norm)·W), so that no row is read twice.

struct Sums {
  first: Rows,
  second: Rows,
  squares: PerRow,
}

fn both(a: Sums, b: Sums) -> Sums { return Sums(a.first + b.first, a.second + b.second, a.squares + b.squares); }

// With four numbers of k more, whose rows of W are the columns of the blocks.
fn with_blocks(sums: Sums, row: u32, k: u32, first: mat4x4<f32>, second: mat4x4<f32>) -> Sums {
  let rows = rows_of_x(row, k);
  if (!NORMED) { return Sums(sums.first + first * rows, sums.second + second * rows, sums.squares); }
  let weighted = times(rows, four_of_norm(k));
  return Sums(sums.first + first * weighted, sums.second + second * weighted, sums.squares + squares_of(rows));
}

fn finish_sums(row: u32, column: u32, span: u32, sums: Sums) {
  var scales = PerRow(1.0);
  if (NORMED) { scales = inverseSqrt(sums.squares / f32(sizes.k) + sizes.epsilon); }
  finish_rows(row, column, span, scales, sums.first, sums.second);
}
