// The mean loss, and each row's log of the sum of exponentials, by one workgroup. After by-row/, always together.

@group(0) @binding(0) var<uniform> rows: u32;
@group(0) @binding(1) var<storage, read> running: array<f32>;
@group(0) @binding(2) var<storage, read_write> log_sums: array<f32>;
@group(0) @binding(3) var<storage, read_write> loss: array<f32>;

@compute @workgroup_size(64)
fn finish_loss(@builtin(local_invocation_index) local: u32) {
  var sum = 0.0;
  for (var row = lane_of(local); row < rows; row += LANES) {
    let top = running[3u * row];
    let log_sum = log(running[3u * row + 1u]);
    log_sums[row] = top + log_sum;
    // Scores are subtracted first: they may be large, and close.
    sum += (top - running[3u * row + 2u]) + log_sum;
  }
  sum = total(vec2(sum, 0.0), local).x;
  if (local == 0u) { loss[0] = sum / f32(rows); }
}
