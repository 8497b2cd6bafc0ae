// Copies the words of one tensor into another, bit by bit: the library's own operations on integers go through floats.

struct Sizes {
  count: u32,
  // Where the first word goes.
  to: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> part: array<u32>;
@group(0) @binding(2) var<storage, read_write> whole: array<u32>;

@compute @workgroup_size(64)
fn stack(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let index = (group.y * groups.x + group.x) * 64u + local;
  if (index < sizes.count) { whole[sizes.to + index] = part[index]; }
}
