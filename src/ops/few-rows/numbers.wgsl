// Matrices with lines of any length, read and written number by number. Beyond the last k, x counts as zero, and W as some row
// of it: not as what lies there, which times zero need not be zero.

@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> norm: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> residual: array<f32>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;
// Only where W is not packed.
@group(0) @binding(6) var<storage, read> weight: array<f32>;

fn within_k(k: u32, four: vec4<f32>) -> vec4<f32> {
  return select(vec4<f32>(), four, k + vec4(0u, 1u, 2u, 3u) < vec4(sizes.k));
}

fn four_of_x(row: u32, k: u32) -> vec4<f32> {
  let at = row * sizes.k + k;
  return within_k(k, vec4(x[at], x[at + 1u], x[at + 2u], x[at + 3u]));
}

fn four_of_norm(k: u32) -> vec4<f32> { return within_k(k, vec4(norm[k], norm[k + 1u], norm[k + 2u], norm[k + 3u])); }

fn four_of_bias(column: u32) -> vec4<f32> { return vec4(bias[column], bias[column + 1u], bias[column + 2u], bias[column + 3u]); }

fn four_of_residual(row: u32, column: u32) -> vec4<f32> {
  let at = row * sizes.n + column;
  return vec4(residual[at], residual[at + 1u], residual[at + 2u], residual[at + 3u]);
}

fn four_of_weight(k: u32, column: u32) -> vec4<f32> {
  let at = min(k, sizes.k - 1u) * width() + column;
  return vec4(weight[at], weight[at + 1u], weight[at + 2u], weight[at + 3u]);
}

fn write(row: u32, column: u32, four: vec4<f32>) {
  for (var i = 0u; i < min(4u, sizes.n - column); i++) { out[row * sizes.n + column + i] = four[i]; }
}
