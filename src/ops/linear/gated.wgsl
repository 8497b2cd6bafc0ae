// Sums of a gate and of what goes through it: the first half of a tile is of gates, the second of the ups that belong to them.

fn first_column(tile: u32, span: u32) -> u32 { return tile * span; }
fn second_column(first: u32, span: u32) -> u32 { return first + sizes.n; }

// x·sigmoid(x), of an exponential that cannot overflow.
fn silu(x: vec4<f32>) -> vec4<f32> {
  let e = exp(-abs(x));
  return x * select(e, vec4(1.0), x >= vec4<f32>()) / (1.0 + e);
}

fn finish(row: u32, column: u32, span: u32, gate: vec4<f32>, up: vec4<f32>) {
  if (row >= sizes.m || column >= sizes.n) { return; }
  let count = min(4u, sizes.n - column);
  write_c(row, column, gate, count);
  write_c(row, second_column(column, span), up, count);
  write_activated(row, column, silu(gate) * up, count);
}
