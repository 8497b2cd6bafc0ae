// Every thread has eight columns of W and all of k, and nobody waits: for software adapters.

const SPAN = 4u;

@compute @workgroup_size(4)
fn alone(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.x * ROWS;
  let first = first_column(group.y * 4u + thread, SPAN);
  let second = second_column(first, SPAN);
  var sums = Sums();
  for (var k = 0u; k < sizes.k; k += UNIT) { sums = with_unit(sums, row, k, first, second); }
  finish_sums(row, first, SPAN, sums);
}
