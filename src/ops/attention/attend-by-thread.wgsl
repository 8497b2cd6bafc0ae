// Attention where a thread has ROWS queries of a head in registers and goes through their keys one by one, for adapters on
// which barriers are dear. Every loop over ROWS and PARTS is unrolled before it is compiled (unrolled.ts). After shape.wgsl.

@group(0) @binding(3) var<storage, read_write> mixed: array<Part>;
// [batch · tokens, heads]
@group(0) @binding(4) var<storage, read_write> log_sums: array<f32>;

@compute @workgroup_size(64)
fn attend(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  // Threads side by side have the same queries of different heads, so that they take equally long.
  let thread = (group.y * groups.x + group.x) * 64u + local;
  let tiles = (shape.tokens + ROWS - 1u) / ROWS;
  let head = thread % shape.heads;
  let first = thread / shape.heads % tiles * ROWS;
  let sequence = thread / shape.heads / tiles;
  if (sequence >= shape.batch) { return; }
  let start = sequence * shape.tokens;

  var q: array<array<Part, PARTS>, ROWS>;
  var sums: array<array<Part, PARTS>, ROWS>;
  var most: array<f32, ROWS>;
  var total: array<f32, ROWS>;
  for (var row = 0u; row < ROWS; row++) {
    let at = (start + min(first + row, shape.tokens - 1u)) * row_of_qkv() + query_of(head);
    for (var part = 0u; part < PARTS; part++) { q[row][part] = qkv[at + part] * SCALE; }
    most[row] = LOWEST;
  }

  // The running softmax: what was summed under a lower maximum fades when a higher one is found.
  let end = min(first + ROWS + shape.ahead, length_of(sequence));
  for (var key = begin(first, shape.back); key < end; key++) {
    let key_at = (start + key) * row_of_qkv() + key_of(head / heads_per_key());
    let value_at = (start + key) * row_of_qkv() + value_of(head / heads_per_key());
    // Spelled out: a variable of a loop that is only declared keeps what it held the round before on SwiftShader.
    var weights = array<f32, ROWS>();
    var fades = array<f32, ROWS>();
    for (var part = 0u; part < PARTS; part++) {
      let k = qkv[key_at + part];
      for (var row = 0u; row < ROWS; row++) { weights[row] += inner(q[row][part], k); }
    }
    for (var row = 0u; row < ROWS; row++) {
      let is_seen = sees(first + row, key);
      let highest = select(most[row], max(most[row], weights[row]), is_seen);
      fades[row] = exp(most[row] - highest);
      weights[row] = select(0.0, exp(weights[row] - highest), is_seen);
      most[row] = highest;
      total[row] = total[row] * fades[row] + weights[row];
    }
    for (var part = 0u; part < PARTS; part++) {
      let v = qkv[value_at + part];
      for (var row = 0u; row < ROWS; row++) { sums[row][part] = sums[row][part] * fades[row] + weights[row] * v; }
    }
  }

  for (var row = 0u; row < ROWS; row++) {
    if (first + row < shape.tokens) {
      let is_blind = total[row] == 0.0;
      let share = select(1.0 / total[row], 0.0, is_blind);
      let to = (start + first + row) * row_of_mixed() + query_of(head);
      for (var part = 0u; part < PARTS; part++) { mixed[to + part] = sums[row][part] * share; }
      log_sums[(start + first + row) * shape.heads + head] = select(most[row] + log(total[row]), LOWEST, is_blind);
    }
  }
}
