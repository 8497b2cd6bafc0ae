// C = A·B and what is added to it. The first of the texts that make up a kernel: then come how numbers are read and written
// (vectors.wgsl or numbers.wgsl), blocks.wgsl, what is done with sums (added.wgsl or gated.wgsl), and the kernel.

// A matrix takes part as the transpose of how it lies.
override A_TRANSPOSED: bool;
override B_TRANSPOSED: bool;

struct Sizes {
  m: u32,
  k: u32,
  // Gates and ups have so many columns each.
  n: u32,
  // Line l of a matrix, as it lies, begins at offset + l·stride.
  a_offset: u32,
  a_stride: u32,
  b_offset: u32,
  b_stride: u32,
  c_offset: u32,
  c_stride: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;

fn at_a(line: u32, place: u32) -> u32 { return sizes.a_offset + line * sizes.a_stride + place; }
fn at_b(line: u32, place: u32) -> u32 { return sizes.b_offset + line * sizes.b_stride + place; }
fn at_c(row: u32, column: u32) -> u32 { return sizes.c_offset + row * sizes.c_stride + column; }
