// IEEE halves to and from floats, both as bits and by integers alone: no shader-f16, and exact where a device flushes
// subnormal numbers to zero.

fn widen(half: u32) -> u32 {
  let magnitude = half & 0x7fffu;
  // A subnormal half counts steps of 2^-24.
  var bits = select((magnitude << 13u) + 0x38000000u, bitcast<u32>(f32(magnitude) * 0x1p-24f), magnitude < 0x400u);
  bits = select(bits, (magnitude << 13u) | 0x7f800000u, magnitude >= 0x7c00u);
  return bits | ((half & 0x8000u) << 16u);
}

// Nearest, ties to even, and never beyond 65504.
fn narrow(float: u32) -> u32 {
  let magnitude = min(float & 0x7fffffffu, 0x477fe000u);
  let is_subnormal = magnitude < 0x38800000u;
  // The exponent's bias falls by 112. Below that the hidden bit is written out and one more bit is lost per power of two.
  let kept = select(magnitude - 0x38000000u, (magnitude & 0x7fffffu) | 0x800000u, is_subnormal);
  let lost = select(13u, min(126u - (magnitude >> 23u), 25u), is_subnormal);
  let rounded = (kept + (1u << (lost - 1u)) - 1u + ((kept >> lost) & 1u)) >> lost;
  return ((float >> 16u) & 0x8000u) | rounded;
}
