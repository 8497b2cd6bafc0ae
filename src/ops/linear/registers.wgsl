// Products in registers alone, for software adapters: barriers are dear there, loads are what takes the time, and a vector is
// four registers that may hold anything. A thread has two blocks of columns, and as many rows as the registers bear.

var<private> lane: u32;

const SPAN = 4u;

fn finish_block(row: u32, column: u32, first: mat4x4<f32>, second: mat4x4<f32>) {
  for (var i = 0u; i < 4u; i++) { finish(row + i, column, SPAN, first[i], second[i]); }
}

@compute @workgroup_size(4)
fn sixteen_rows(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  lane = local;
  let row = id.y * 16u;
  let first = first_column(id.x, SPAN);
  let second = second_column(first, SPAN);
  // Named one by one: an array would lie in memory.
  var sums00 = mat4x4<f32>(); var sums01 = mat4x4<f32>();
  var sums10 = mat4x4<f32>(); var sums11 = mat4x4<f32>();
  var sums20 = mat4x4<f32>(); var sums21 = mat4x4<f32>();
  var sums30 = mat4x4<f32>(); var sums31 = mat4x4<f32>();
  for (var k = 0u; k < sizes.k; k += 4u) {
    let b0 = block_of_b(k, first);
    let b1 = block_of_b(k, second);
    let a0 = block_of_a(row, k);
    sums00 += b0 * a0; sums01 += b1 * a0;
    let a1 = block_of_a(row + 4u, k);
    sums10 += b0 * a1; sums11 += b1 * a1;
    let a2 = block_of_a(row + 8u, k);
    sums20 += b0 * a2; sums21 += b1 * a2;
    let a3 = block_of_a(row + 12u, k);
    sums30 += b0 * a3; sums31 += b1 * a3;
  }
  finish_block(row, first, sums00, sums01);
  finish_block(row + 4u, first, sums10, sums11);
  finish_block(row + 8u, first, sums20, sums21);
  finish_block(row + 12u, first, sums30, sums31);
}

@compute @workgroup_size(4)
fn four_rows(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  lane = local;
  let row = id.y * 4u;
  let first = first_column(id.x, SPAN);
  let second = second_column(first, SPAN);
  var sums0 = mat4x4<f32>(); var sums1 = mat4x4<f32>();
  for (var k = 0u; k < sizes.k; k += 4u) {
    let a = block_of_a(row, k);
    sums0 += block_of_b(k, first) * a;
    sums1 += block_of_b(k, second) * a;
  }
  finish_block(row, first, sums0, sums1);
}
