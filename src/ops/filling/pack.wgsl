// A portion in packed form (the layout is in packed/matrix.ts, the rules in packed/host.ts). After stage.wgsl.

override BITS: u32;
// The number of steps between the lowest and the highest code, and its reciprocal, which a device may divide otherwise.
override LEVELS: f32;
override RECIPROCAL: f32;

const GROUP = 32u;

@group(0) @binding(2) var<storage, read_write> words: array<u32>;
@group(0) @binding(3) var<storage, read_write> scales: array<u32>;

// A thread packs two numbers.
@compute @workgroup_size(64)
fn halves(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let per_row = (portion.columns + 1u) / 2u;
  let i = thread(group, groups, local);
  let row = i / per_row;
  if (row >= portion.count / portion.columns) { return; }
  let column = 2u * (i % per_row);
  let start = row * portion.columns + column;
  var word = narrow(stored(start));
  if (column + 1u < portion.columns) { word |= narrow(stored(start + 1u)) << 16u; }
  words[portion.first / portion.columns * per_row + i] = word;
}

// A thread packs a group.
@compute @workgroup_size(64)
fn codes(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let per_row = (portion.columns + GROUP - 1u) / GROUP;
  let i = thread(group, groups, local);
  let row = i / per_row;
  if (row >= portion.count / portion.columns) { return; }
  let column = GROUP * (i % per_row);
  let start = row * portion.columns + column;
  let count = min(GROUP, portion.columns - column);
  let to = portion.first / portion.columns + row;

  var low = weight(start);
  var high = low;
  for (var k = 1u; k < count; k++) {
    low = min(low, weight(start + k));
    high = max(high, weight(start + k));
  }
  low = clamp(low, -65504.0, 65504.0);
  high = clamp(high, -65504.0, 65504.0);
  // Both are halves before a code is computed, so that the codes fit what is read back.
  let scale_bits = narrow(bitcast<u32>((high - low) * RECIPROCAL));
  let zero_bits = narrow(bitcast<u32>(low));
  scales[to * per_row + i % per_row] = scale_bits | (zero_bits << 16u);
  let scale = bitcast<f32>(widen(scale_bits));
  let zero = bitcast<f32>(widen(zero_bits));
  var inverse = 0.0;
  if (scale > 0.0) { inverse = 1.0 / scale; }

  let per_word = 32u / BITS;
  let first_word = to * ((portion.columns * BITS + 31u) / 32u) + column / per_word;
  for (var w = 0u; w < (count + per_word - 1u) / per_word; w++) {
    var word = 0u;
    for (var place = 0u; place < min(per_word, count - w * per_word); place++) {
      let code = floor((weight(start + w * per_word + place) - zero) * inverse + 0.5);
      word |= u32(clamp(code, 0.0, LEVELS)) << (place * BITS);
    }
    words[first_word + w] = word;
  }
}

fn weight(i: u32) -> f32 {
  return bitcast<f32>(stored(i));
}
