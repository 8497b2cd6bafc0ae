// Floats to halves, two in a word, and back; the lower half comes first. After half.wgsl.

@group(0) @binding(0) var<uniform> size: u32;
@group(0) @binding(1) var<storage, read> floats: array<u32>;
@group(0) @binding(1) var<storage, read> words: array<u32>;
@group(0) @binding(2) var<storage, read_write> result: array<u32>;

fn thread(group: vec3<u32>, groups: vec3<u32>, local: u32) -> u32 {
  return (group.y * groups.x + group.x) * 64u + local;
}

// A thread has one word.
@compute @workgroup_size(64)
fn to_halves(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let i = thread(group, groups, local);
  if (2u * i >= size) { return; }
  var word = narrow(floats[2u * i]);
  if (2u * i + 1u < size) { word |= narrow(floats[2u * i + 1u]) << 16u; }
  result[i] = word;
}

@compute @workgroup_size(64)
fn from_halves(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let i = thread(group, groups, local);
  if (2u * i >= size) { return; }
  result[2u * i] = widen(words[i] & 0xffffu);
  if (2u * i + 1u < size) { result[2u * i + 1u] = widen(words[i] >> 16u); }
}
