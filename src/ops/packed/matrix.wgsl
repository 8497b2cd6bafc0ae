// Products and rows of a packed matrix (the layout is in matrix.ts), unpacked in registers. After half.wgsl.

override BITS: u32;

struct Sizes {
  // Rows of the other matrix, or of the result where rows are picked.
  n: u32,
  rows: u32,
  columns: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> words: array<u32>;
// Not read with halves.
@group(0) @binding(2) var<storage, read> scales: array<u32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
@group(0) @binding(4) var<storage, read> other: array<f32>;
@group(0) @binding(4) var<storage, read> indices: array<u32>;

// Most numbers that a word holds.
const MOST_PER_WORD = 8u;
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

// Where four rows of a matrix begin; beyond the last row it is repeated, and what comes of that is not written.
fn four_rows(first: u32, width: u32) -> vec4<u32> {
  return min(first + vec4(0u, 1u, 2u, 3u), vec4(sizes.n - 1u)) * width;
}

fn at(starts: vec4<u32>, offset: u32) -> vec4<f32> {
  return vec4(other[starts.x + offset], other[starts.y + offset], other[starts.z + offset], other[starts.w + offset]);
}

// result [n, rows] = other [n, columns] by the transpose of the matrix: a thread has one row of the matrix and four of the other.
@compute @workgroup_size(64)
fn multiply(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.x;
  let first = id.y * 4u;
  if (row >= sizes.rows) { return; }
  let starts = four_rows(first, sizes.columns);
  var sums = vec4<f32>();
  for (var w = 0u; w < words_per_row(); w++) {
    let word = words[row * words_per_row() + w];
    let scale_zero = affine(row, w);
    for (var place = 0u; place < per_word(); place++) {
      let column = w * per_word() + place;
      if (column < sizes.columns) { sums += number(word, place, scale_zero) * at(starts, column); }
    }
  }
  for (var i = 0u; i < min(4u, sizes.n - first); i++) { result[(first + i) * sizes.rows + row] = sums[i]; }
}

// result [n, columns] = other [n, rows] by the matrix: a thread has one column of words and four rows of the other.
@compute @workgroup_size(64)
fn multiply_back(@builtin(global_invocation_id) id: vec3<u32>) {
  let w = id.x;
  let first = id.y * 4u;
  if (w >= words_per_row()) { return; }
  let starts = four_rows(first, sizes.rows);
  var sums: array<vec4<f32>, MOST_PER_WORD>;
  for (var row = 0u; row < sizes.rows; row++) {
    let word = words[row * words_per_row() + w];
    let scale_zero = affine(row, w);
    let factors = at(starts, row);
    for (var place = 0u; place < per_word(); place++) { sums[place] += number(word, place, scale_zero) * factors; }
  }
  for (var place = 0u; place < min(per_word(), sizes.columns - w * per_word()); place++) {
    for (var i = 0u; i < min(4u, sizes.n - first); i++) {
      result[(first + i) * sizes.columns + w * per_word() + place] = sums[place][i];
    }
  }
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
