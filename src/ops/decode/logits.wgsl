// Logits as keys: unsigned integers in the order of the floats. NaN is key 0, below all others, as is what lies beyond a row.

struct Settings {
  vocabulary: u32,
  top_k: u32,
  temperature: f32,
  top_p: f32,
}

@group(0) @binding(0) var<uniform> settings: Settings;

fn key_of(bits: u32) -> u32 {
  let magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) { return 0; }
  // Both zeros are one number.
  let number = select(bits, 0u, magnitude == 0);
  return select(number | 0x80000000u, ~number, number >= 0x80000000u);
}

fn float_of(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, key >= 0x80000000u));
}
