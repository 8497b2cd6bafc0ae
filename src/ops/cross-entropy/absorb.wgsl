// Takes a chunk of logits into the state of the loss: each row's running maximum, sum of exponentials under that maximum, and
// score of its label. After by-row/.

struct Chunk {
  rows: u32,
  width: u32,
  // The token that the first column scores.
  first: u32,
}

@group(0) @binding(0) var<uniform> chunk: Chunk;
@group(0) @binding(1) var<storage, read> labels: array<u32>;

@group(0) @binding(2) var<storage, read> logits: array<Cell>;
@group(0) @binding(3) var<storage, read_write> running: array<f32>;

@compute @workgroup_size(64)
fn absorb_logits(
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
  for (var i = lane; i < cells; i += LANES) { sums += exp(logits[start + i] - top); }
  let sum = total(vec2(sum_of(sums), 0.0), local).x;
  if (lane != 0u) { return; }

  let place = labels[row] - chunk.first;
  let is_first = chunk.first == 0u;
  // The first chunk finds nothing that counts.
  var score = select(running[3u * row + 2u], 0.0, is_first);
  // A label before this chunk wraps around to beyond it.
  if (place < chunk.width) { score = number_of(logits[start + place / CELL], place % CELL); }
  let before = select(running[3u * row], top, is_first);
  let all = select(running[3u * row + 1u], 0.0, is_first);
  let highest = max(before, top);
  running[3u * row] = highest;
  running[3u * row + 1u] = all * exp(before - highest) + sum * exp(top - highest);
  running[3u * row + 2u] = score;
}
