// Sums over the rows of a matrix [m, n], always in the same order.

struct Sizes {
  m: u32,
  n: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;

const COLUMNS = 16u;
const SLICES = 16u;

// By slice, then column.
var<workgroup> partial: array<f32, SLICES * COLUMNS>;

// A workgroup has 16 columns, and each of its slices every 16th row.
@compute @workgroup_size(256)
fn sum_slices(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let column = group.x * COLUMNS + thread % COLUMNS;
  if (column < sizes.n) {
    var sum = 0.0;
    for (var row = thread / COLUMNS; row < sizes.m; row += SLICES) { sum += x[row * sizes.n + column]; }
    partial[thread] = sum;
  }
  workgroupBarrier();
  if (thread >= COLUMNS || column >= sizes.n) { return; }
  var sum = 0.0;
  for (var at = thread; at < SLICES * COLUMNS; at += COLUMNS) { sum += partial[at]; }
  sums[column] = sum;
}

// For software adapters, where barriers are dear: a thread has a column.
@compute @workgroup_size(64)
fn sum_columns(@builtin(global_invocation_id) id: vec3<u32>) {
  let column = id.x;
  if (column >= sizes.n) { return; }
  var sum = 0.0;
  for (var row = 0u; row < sizes.m; row++) { sum += x[row * sizes.n + column]; }
  sums[column] = sum;
}
