// A portion as floats, which are moved as bits: a device may change a NaN that it loads as one. After stage.wgsl.

@group(0) @binding(2) var<storage, read_write> result: array<u32>;

@compute @workgroup_size(64)
fn as_stored(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let i = thread(group, groups, local);
  if (i < portion.count) { result[portion.first + i] = stored(i); }
}

// Neighbouring threads write neighbouring numbers.
@compute @workgroup_size(64)
fn transposed(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let i = thread(group, groups, local);
  if (i >= portion.count) { return; }
  let rows = portion.count / portion.columns;
  let column = i / rows;
  let row = i % rows;
  result[column * portion.rows + portion.first / portion.columns + row] = stored(row * portion.columns + column);
}
