// Picks rows of a table, and sums rows back into one. After by-row/.

struct Sizes {
  // Rows of the result, or tasks.
  count: u32,
  width: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> rows: array<Cell>;
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read_write> result: array<Cell>;

// A thread has a cell of the result.
@compute @workgroup_size(64)
fn gather_rows(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let i = (group.y * groups.x + group.x) * 64u + local;
  let cells = sizes.width / CELL;
  if (i < sizes.count * cells) { result[i] = rows[indices[i / cells] * cells + i % cells]; }
}

// A thread has a column of cells of a task: rows of the result to fill with zeros, or one that is a sum (see tasks.ts).
@compute @workgroup_size(64)
fn sum_by_index(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let i = (group.y * groups.x + group.x) * 64u + local;
  let cells = sizes.width / CELL;
  let task = i / cells;
  let column = i % cells;
  if (task >= sizes.count) { return; }
  let first = indices[3u * task];
  let start = indices[3u * task + 1u];
  let count = indices[3u * task + 2u];
  // Sources have their rows after all tasks.
  if (start == 0u) {
    for (var row = first; row < first + count; row++) { result[row * cells + column] = Cell(); }
    return;
  }
  var sum = rows[indices[start] * cells + column];
  for (var k = start + 1u; k < start + count; k++) { sum += rows[indices[k] * cells + column]; }
  result[first * cells + column] = sum;
}
