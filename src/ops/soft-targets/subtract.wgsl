// Takes from a chunk of gradients what soft targets take, in place: weight / T·probability·dy/rows where the token lies.

struct Chunk {
  rows: u32,
  width: u32,
  // The token that the first column scores.
  first: u32,
  // Soft targets of a row, each another token.
  k: u32,
  // 1 / temperature
  inverse: f32,
}

@group(0) @binding(0) var<uniform> chunk: Chunk;
// No token where a row has fewer.
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read> probabilities: array<f32>;
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<f32>;
@group(0) @binding(5) var<storage, read_write> gradient: array<f32>;

// A thread has a soft target.
@compute @workgroup_size(64)
fn subtract_soft_targets(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let i = (group.y * groups.x + group.x) * 64u + local;
  let row = i / chunk.k;
  if (row >= chunk.rows) { return; }
  // A token before this chunk wraps around to beyond it, as does none.
  let place = ids[i] - chunk.first;
  if (place >= chunk.width) { return; }
  gradient[row * chunk.width + place] -= weights[row] * chunk.inverse * probabilities[i] * (dy[0] / f32(chunk.rows));
}
