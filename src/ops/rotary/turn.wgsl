// Rotary positions: a thread turns a part of both halves of a head, [a, b] to [a·cos − b·sin, b·cos + a·sin], or copies it
// where the head is one of values. After vectors.wgsl or scalars.wgsl.

struct Sizes {
  rows: u32,
  // Heads of a row, and how many of them are turned: queries and keys.
  heads: u32,
  turned: u32,
  // Parts of half a head.
  half: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> qkv: array<Part>;
// [positions, half]
@group(0) @binding(2) var<storage, read> cosines: array<Part>;
@group(0) @binding(3) var<storage, read> sines: array<Part>;
// [rows]
@group(0) @binding(4) var<storage, read> positions: array<u32>;
@group(0) @binding(5) var<storage, read_write> result: array<Part>;

// 1, or −1 to turn back.
override DIRECTION: f32;

@compute @workgroup_size(64)
fn turn(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let thread = (group.y * groups.x + group.x) * 64u + local;
  let part = thread % sizes.half;
  let head = thread / sizes.half % sizes.heads;
  let row = thread / sizes.half / sizes.heads;
  if (row >= sizes.rows) { return; }
  let first = (row * sizes.heads + head) * 2u * sizes.half + part;
  let second = first + sizes.half;
  let a = qkv[first];
  let b = qkv[second];
  if (head >= sizes.turned) {
    result[first] = a;
    result[second] = b;
    return;
  }
  let at = positions[row] * sizes.half + part;
  let cosine = cosines[at];
  let sine = sines[at] * DIRECTION;
  result[first] = a * cosine - b * sine;
  result[second] = b * cosine + a * sine;
}
