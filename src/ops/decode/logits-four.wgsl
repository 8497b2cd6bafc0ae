// Rows whose length is a multiple of four are read four logits at a time. After logits.wgsl.

@group(0) @binding(1) var<storage, read> logits: array<vec4u>;

fn quad(row: u32, i: u32) -> vec4u {
  let bits = logits[row * (settings.vocabulary / 4) + i];
  return vec4u(key_of(bits.x), key_of(bits.y), key_of(bits.z), key_of(bits.w));
}
