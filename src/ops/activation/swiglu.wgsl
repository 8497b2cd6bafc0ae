// silu(gate)·up, where a row is gates, then ups. After by-row/. With s = sigmoid(gate): dgate = dy·up·(s + silu·(1 − s)), dup = dy·silu.

struct Sizes {
  rows: u32,
  // Of the result; half of a row of gates and ups.
  width: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gates: array<Cell>;
@group(0) @binding(2) var<storage, read_write> result: array<Cell>;

// A thread has a cell of gates and its ups.
@compute @workgroup_size(64)
fn swiglu(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let i = (group.y * groups.x + group.x) * 64u + local;
  let cells = sizes.width / CELL;
  if (i >= sizes.rows * cells) { return; }
  let at = i + i / cells * cells;
  result[i] = gates[at] * sigmoid(gates[at]) * gates[at + cells];
}

@group(0) @binding(3) var<storage, read> dy: array<Cell>;

@compute @workgroup_size(64)
fn swiglu_back(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let i = (group.y * groups.x + group.x) * 64u + local;
  let cells = sizes.width / CELL;
  if (i >= sizes.rows * cells) { return; }
  let at = i + i / cells * cells;
  let s = sigmoid(gates[at]);
  let silu = gates[at] * s;
  result[at] = dy[i] * gates[at + cells] * (s + silu * (1.0 - s));
  result[at + cells] = dy[i] * silu;
}
