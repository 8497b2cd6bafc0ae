// Matrices that lie anyhow, read and written number by number.

@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> c: array<f32>;
// Only with what is added.
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read> residual: array<f32>;
// Only with gates.
@group(0) @binding(4) var<storage, read_write> activated: array<f32>;

// Where a line goes along k, what is beyond its end counts as zero.
fn within_k(place: u32, goes_along_k: bool, four: vec4<f32>) -> vec4<f32> {
  return select(vec4<f32>(), four, place + vec4(0u, 1u, 2u, 3u) < vec4(select(place + 4u, sizes.k, goes_along_k)));
}

fn four_of_a(line: u32, place: u32) -> vec4<f32> {
  let at = at_a(line, place);
  return within_k(place, !A_TRANSPOSED, vec4(a[at], a[at + 1u], a[at + 2u], a[at + 3u]));
}

fn four_of_b(line: u32, place: u32) -> vec4<f32> {
  let at = at_b(line, place);
  return within_k(place, B_TRANSPOSED, vec4(b[at], b[at + 1u], b[at + 2u], b[at + 3u]));
}

fn four_of_c(row: u32, column: u32) -> vec4<f32> {
  let at = at_c(row, column);
  return vec4(c[at], c[at + 1u], c[at + 2u], c[at + 3u]);
}

fn four_of_bias(column: u32) -> vec4<f32> { return vec4(bias[column], bias[column + 1u], bias[column + 2u], bias[column + 3u]); }

fn four_of_residual(row: u32, column: u32) -> vec4<f32> {
  let at = row * sizes.n + column;
  return vec4(residual[at], residual[at + 1u], residual[at + 2u], residual[at + 3u]);
}

// Writes the first so many.
fn write_c(row: u32, column: u32, four: vec4<f32>, count: u32) {
  for (var i = 0u; i < count; i++) { c[at_c(row, column) + i] = four[i]; }
}

fn write_activated(row: u32, column: u32, four: vec4<f32>, count: u32) {
  for (var i = 0u; i < count; i++) { activated[row * sizes.n + column + i] = four[i]; }
}
