// Matrices of which every line begins at a multiple of four numbers and has a multiple of four, read and written by fours.

@group(0) @binding(1) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read_write> c: array<vec4<f32>>;
// Only with what is added.
@group(0) @binding(4) var<storage, read> bias: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> residual: array<vec4<f32>>;
// Only with gates.
@group(0) @binding(4) var<storage, read_write> activated: array<vec4<f32>>;

fn four_of_a(line: u32, place: u32) -> vec4<f32> { return a[at_a(line, place) / 4u]; }
fn four_of_b(line: u32, place: u32) -> vec4<f32> { return b[at_b(line, place) / 4u]; }
fn four_of_c(row: u32, column: u32) -> vec4<f32> { return c[at_c(row, column) / 4u]; }
fn four_of_bias(column: u32) -> vec4<f32> { return bias[column / 4u]; }
fn four_of_residual(row: u32, column: u32) -> vec4<f32> { return residual[(row * sizes.n + column) / 4u]; }

// The count is four.
fn write_c(row: u32, column: u32, four: vec4<f32>, count: u32) { c[at_c(row, column) / 4u] = four; }
fn write_activated(row: u32, column: u32, four: vec4<f32>, count: u32) { activated[(row * sizes.n + column) / 4u] = four; }
