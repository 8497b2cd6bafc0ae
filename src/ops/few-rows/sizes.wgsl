// out = x·W (+ bias) (+ residual) or silu(x·gate) ∘ (x·up), of x or of its root-mean-square norm, for few rows. The first of the
// texts that make up a kernel: then come how numbers are read and written (vectors.wgsl or numbers.wgsl), how
// W is read (plain.wgsl, or that of a packed matrix), how many rows there are at a time (one.wgsl or
// four.wgsl), sums.wgsl, and the way through W (together.wgsl or alone.wgsl).

override NORMED: bool;
override BIASED: bool;
override RESIDUAL: bool;
override GATED: bool;

struct Sizes {
  m: u32,
  k: u32,
  // Columns of the result; gates and ups have so many each.
  n: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;

// Columns of W.
fn width() -> u32 { return select(sizes.n, sizes.n * 2u, GATED); }

// A thread has two blocks of columns of W. Without gates those of a tile lie side by side; with gates the first is of gates
// and the second of the ups that belong to them.
fn first_column(tile: u32, span: u32) -> u32 { return tile * select(span * 2u, span, GATED); }
fn second_column(first: u32, span: u32) -> u32 { return first + select(span, sizes.n, GATED); }

// x·sigmoid(x), of an exponential that cannot overflow.
fn silu(x: vec4<f32>) -> vec4<f32> {
  let e = exp(-abs(x));
  return x * select(e, vec4(1.0), x >= vec4<f32>()) / (1.0 + e);
}

fn finish_four(row: u32, column: u32, sums: vec4<f32>) {
  if (row >= sizes.m || column >= sizes.n) { return; }
  var four = sums;
  if (BIASED) { four += four_of_bias(column); }
  if (RESIDUAL) { four += four_of_residual(row, column); }
  write(row, column, four);
}

fn finish(row: u32, column: u32, span: u32, first: vec4<f32>, second: vec4<f32>) {
  if (GATED) {
    finish_four(row, column, silu(first) * second);
  } else {
    finish_four(row, column, first);
    finish_four(row, second_column(column, span), second);
  }
}
