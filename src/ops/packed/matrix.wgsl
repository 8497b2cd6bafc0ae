// Rows of a packed matrix (the layout is in matrix.ts) as floats. After half.wgsl.

override BITS: u32;

struct Sizes {
  // Rows of the result.
  n: u32,
  rows: u32,
  columns: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> words: array<u32>;
// Not read with halves.
@group(0) @binding(2) var<storage, read> scales: array<u32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
@group(0) @binding(4) var<storage, read> indices: array<u32>;

fn per_word() -> u32 { return 32u / BITS; }
fn words_per_row() -> u32 { return (sizes.columns * BITS + 31u) / 32u; }

// Scale and zero of the numbers in a word of a row.
fn affine(row: u32, word: u32) -> vec2<f32> {
  if (BITS == 16u) { return vec2(1.0, 0.0); }
  let halves = scales[row * ((sizes.columns + 31u) / 32u) + word * per_word() / 32u];
  return vec2(bitcast<f32>(widen(halves & 0xffffu)), bitcast<f32>(widen(halves >> 16u)));
}

fn number(word: u32, place: u32, scale_zero: vec2<f32>) -> f32 {
  let bits = extractBits(word, place * BITS, BITS);
  if (BITS == 16u) { return bitcast<f32>(widen(bits)); }
  return f32(bits) * scale_zero.x + scale_zero.y;
}

// A thread unpacks a word of a row.
fn unpack(row: u32, w: u32, to: u32) {
  let word = words[row * words_per_row() + w];
  let scale_zero = affine(row, w);
  for (var place = 0u; place < min(per_word(), sizes.columns - w * per_word()); place++) {
    result[to * sizes.columns + w * per_word() + place] = number(word, place, scale_zero);
  }
}

fn thread(group: vec3<u32>, groups: vec3<u32>, local: u32) -> u32 {
  return (group.y * groups.x + group.x) * 64u + local;
}

@compute @workgroup_size(64)
fn pick_rows(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let index = thread(group, groups, local);
  let to = index / words_per_row();
  if (to < sizes.n) { unpack(indices[to], index % words_per_row(), to); }
}

@compute @workgroup_size(64)
fn unpack_all(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let index = thread(group, groups, local);
  let row = index / words_per_row();
  if (row < sizes.rows) { unpack(row, index % words_per_row(), row); }
}
