// What every filling shader starts from: a portion of a stored tensor. After half.wgsl.

struct Portion {
  // 0: F32, 1: F16, 2: BF16.
  dtype: u32,
  // Numbers in the portion, and where in the tensor it begins.
  count: u32,
  first: u32,
  // Of the tensor as a matrix.
  rows: u32,
  columns: u32,
}

@group(0) @binding(0) var<uniform> portion: Portion;
@group(0) @binding(1) var<storage, read> stage: array<u32>;

// A number of the portion as the bits of a float.
fn stored(i: u32) -> u32 {
  if (portion.dtype == 0u) { return stage[i]; }
  let half = extractBits(stage[i / 2u], 16u * (i % 2u), 16u);
  if (portion.dtype == 1u) { return widen(half); }
  return half << 16u;
}

fn thread(group: vec3<u32>, groups: vec3<u32>, local: u32) -> u32 {
  return (group.y * groups.x + group.x) * 64u + local;
}
