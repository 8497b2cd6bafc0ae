// Products with at most ROWS rows, bound by the reading of B: a workgroup of 128 threads has 16 columns, in two halves, and
// each of its 64 slices takes every 64th four of k. A lies along k. After a constant ROWS.

const SPAN = 8u;
const FOURS = 2u;
const SLICES = 64u;

// By slice, then four.
var<workgroup> firsts: array<vec4<f32>, SLICES * FOURS>;
var<workgroup> seconds: array<vec4<f32>, SLICES * FOURS>;

@compute @workgroup_size(128)
fn few_rows(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  // Neighbours read along lines.
  let slice = select(thread / FOURS, thread % SLICES, B_TRANSPOSED);
  let four = select(thread % FOURS, thread / SLICES, B_TRANSPOSED);
  let column = first_column(group.x, SPAN) + four * 4u;
  var first: array<vec4<f32>, ROWS>;
  var second: array<vec4<f32>, ROWS>;
  for (var k = slice * 4u; k < sizes.k; k += SLICES * 4u) {
    let b0 = block_of_b(k, column);
    let b1 = block_of_b(k, second_column(column, SPAN));
    for (var row = 0u; row < ROWS; row++) {
      let a = line_of_a(row, k);
      first[row] += b0 * a;
      second[row] += b1 * a;
    }
  }
  let at = slice * FOURS + four;
  for (var row = 0u; row < ROWS; row++) {
    // The row before has been summed up.
    workgroupBarrier();
    firsts[at] = first[row];
    seconds[at] = second[row];
    for (var apart = SLICES / 2u; apart > 0u; apart /= 2u) {
      workgroupBarrier();
      if (slice < apart) {
        firsts[at] += firsts[at + apart * FOURS];
        seconds[at] += seconds[at + apart * FOURS];
      }
    }
    if (slice == 0u) { finish(row, column, SPAN, firsts[at], seconds[at]); }
  }
}
