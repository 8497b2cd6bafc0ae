// Turns a chunk of logits into its gradient, in place, but for what soft targets take from it (subtract.wgsl):
// (exp(logit − log sum) − [is the label] + weight / T·exp(logit / T − soft log sum))·dy/rows. After by-row/.

struct Chunk {
  rows: u32,
  width: u32,
  // The token that the first column scores.
  first: u32,
  // 1 / temperature
  inverse: f32,
}

@group(0) @binding(0) var<uniform> chunk: Chunk;
@group(0) @binding(1) var<storage, read> labels: array<u32>;
@group(0) @binding(2) var<storage, read> log_sums: array<f32>;
@group(0) @binding(3) var<storage, read> soft_log_sums: array<f32>;
@group(0) @binding(4) var<storage, read> weights: array<f32>;
@group(0) @binding(5) var<storage, read> dy: array<f32>;
@group(0) @binding(6) var<storage, read_write> gradient: array<Cell>;

// A thread has a cell. What it writes is from what only it reads.
@compute @workgroup_size(64)
fn differentiate_soft_logits(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let i = (group.y * groups.x + group.x) * 64u + local;
  let cells = chunk.width / CELL;
  let row = i / cells;
  if (row >= chunk.rows) { return; }
  let share = dy[0] / f32(chunk.rows);
  let hard = exp(gradient[i] - log_sums[row]) - one_at(i % cells * CELL, labels[row] - chunk.first);
  let tempered = exp(gradient[i] * chunk.inverse - soft_log_sums[row]);
  gradient[i] = (hard + tempered * (weights[row] * chunk.inverse)) * share;
}
