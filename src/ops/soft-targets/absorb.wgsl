// Takes a chunk of logits into the state of the divergence: each row's running maximum, sum of exponentials under that maximum at
// the temperature, and mean logit of its soft targets. After by-row/.

struct Chunk {
  rows: u32,
  width: u32,
  // The token that the first column scores.
  first: u32,
  // Soft targets of a row.
  k: u32,
  // 1 / temperature
  inverse: f32,
}

@group(0) @binding(0) var<uniform> chunk: Chunk;
// No token where a row has fewer.
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(2) var<storage, read> probabilities: array<f32>;

@group(0) @binding(3) var<storage, read> logits: array<Cell>;
@group(0) @binding(4) var<storage, read_write> running: array<f32>;

@compute @workgroup_size(64)
fn absorb_soft_logits(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let row = row_of(group.y * groups.x + group.x, local);
  if (row >= chunk.rows) { return; }
  let cells = chunk.width / CELL;
  let start = row * cells;
  let lane = lane_of(local);
  // The lowest float there is.
  var tops = Cell(-3.4028234e38);
  for (var i = lane; i < cells; i += LANES) { tops = max(tops, logits[start + i]); }
  let top = largest(largest_of(tops), local);
  var sums = Cell();
  for (var i = lane; i < cells; i += LANES) { sums += exp((logits[start + i] - top) * chunk.inverse); }
  var mean = 0.0;
  for (var j = lane; j < chunk.k; j += LANES) {
    // A token before this chunk wraps around to beyond it, as does none.
    let place = ids[row * chunk.k + j] - chunk.first;
    if (place < chunk.width) { mean += probabilities[row * chunk.k + j] * number_of(logits[start + place / CELL], place % CELL); }
  }
  let both = total(vec2(sum_of(sums), mean), local);
  if (lane != 0u) { return; }

  // The first chunk finds nothing that counts.
  let is_first = chunk.first == 0u;
  let before = select(running[3u * row], top, is_first);
  let all = select(running[3u * row + 1u], 0.0, is_first);
  let highest = max(before, top);
  running[3u * row] = highest;
  running[3u * row + 1u] = all * exp((before - highest) * chunk.inverse) + both.x * exp((top - highest) * chunk.inverse);
  running[3u * row + 2u] = select(running[3u * row + 2u], 0.0, is_first) + both.y;
}
