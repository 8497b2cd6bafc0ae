// Rows of other lengths are read logit by logit. After logits.wgsl.

@group(0) @binding(1) var<storage, read> logits: array<u32>;

fn quad(row: u32, i: u32) -> vec4u {
  return vec4u(key_at(row, 4 * i), key_at(row, 4 * i + 1), key_at(row, 4 * i + 2), key_at(row, 4 * i + 3));
}

fn key_at(row: u32, id: u32) -> u32 {
  if (id >= settings.vocabulary) { return 0; }
  return key_of(logits[row * settings.vocabulary + id]);
}
