// Matrices whose lines are whole numbers of fours, read and written by fours.

@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> norm: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> out: array<vec4<f32>>;
// Only where W is not packed.
@group(0) @binding(6) var<storage, read> weight: array<vec4<f32>>;

fn four_of_x(row: u32, k: u32) -> vec4<f32> { return x[(row * sizes.k + k) / 4u]; }
fn four_of_norm(k: u32) -> vec4<f32> { return norm[k / 4u]; }
fn four_of_bias(column: u32) -> vec4<f32> { return bias[column / 4u]; }
fn four_of_residual(row: u32, column: u32) -> vec4<f32> { return residual[(row * sizes.n + column) / 4u]; }
fn four_of_weight(k: u32, column: u32) -> vec4<f32> { return weight[(k * width() + column) / 4u]; }
fn write(row: u32, column: u32, four: vec4<f32>) { out[(row * sizes.n + column) / 4u] = four; }
