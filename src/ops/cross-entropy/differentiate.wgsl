// Turns a chunk of logits into its gradient, in place: (exp(logit − log sum) − [is the label])·dy/rows. After by-row/.

struct Chunk {
  rows: u32,
  width: u32,
  // The token that the first column scores.
  first: u32,
}

@group(0) @binding(0) var<uniform> chunk: Chunk;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read> log_sums: array<f32>;
@group(0) @binding(3) var<storage, read> dy: array<f32>;
@group(0) @binding(4) var<storage, read_write> gradient: array<Cell>;

// A thread has a cell. What it writes is from what only it reads.
@compute @workgroup_size(64)
fn differentiate_logits(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let i = (group.y * groups.x + group.x) * 64u + local;
  let cells = chunk.width / CELL;
  let row = i / cells;
  if (row >= chunk.rows) { return; }
  let share = dy[0] / f32(chunk.rows);
  gradient[i] = (exp(gradient[i] - log_sums[row]) - one_at(i % cells * CELL, labels[row] - chunk.first)) * share;
}
