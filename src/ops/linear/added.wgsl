// Sums with what is added to them. The two halves of a tile lie side by side.

// 1 a bias, 2 a residual, 4 what C holds.
override ADDENDS: u32;

fn first_column(tile: u32, span: u32) -> u32 { return tile * span * 2u; }
fn second_column(first: u32, span: u32) -> u32 { return first + span; }

fn finish_four(row: u32, column: u32, sums: vec4<f32>) {
  if (column >= sizes.n) { return; }
  var four = sums;
  if ((ADDENDS & 1u) != 0u) { four += four_of_bias(column); }
  if ((ADDENDS & 2u) != 0u) { four += four_of_residual(row, column); }
  if ((ADDENDS & 4u) != 0u) { four += four_of_c(row, column); }
  write_c(row, column, four, min(4u, sizes.n - column));
}

fn finish(row: u32, column: u32, span: u32, first: vec4<f32>, second: vec4<f32>) {
  if (row >= sizes.m) { return; }
  finish_four(row, column, first);
  finish_four(row, second_column(column, span), second);
}
