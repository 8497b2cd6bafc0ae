// Copies keys and values to their places in the cache, a thread per part. After part-four.wgsl or part-one.wgsl.

struct Sizes {
  // Of keys and values of all rows together, in parts.
  total: u32,
  // Of a row, in parts: what stands before its keys, and its keys.
  queries: u32,
  width: u32,
  // Rows of a sequence.
  tokens: u32,
  capacity: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> qkv: array<Part>;
@group(0) @binding(2) var<storage, read> positions: array<i32>;
@group(0) @binding(3) var<storage, read_write> keys: array<Part>;
@group(0) @binding(4) var<storage, read_write> values: array<Part>;

@compute @workgroup_size(64)
fn store(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 64 + id.x;
  if (i >= sizes.total) { return; }
  let row = i / (2 * sizes.width);
  let column = i % (2 * sizes.width);
  let part = qkv[row * (sizes.queries + 2 * sizes.width) + sizes.queries + column];
  let place = (row / sizes.tokens * sizes.capacity + u32(positions[row])) * sizes.width;
  if (column < sizes.width) {
    keys[place + column] = part;
  } else {
    values[place + column - sizes.width] = part;
  }
}
