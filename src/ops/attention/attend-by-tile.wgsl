// Attention where a workgroup has 32 queries of a head and goes through their keys 32 at a time. Every loop over CHUNKS
// is unrolled before it is compiled (unrolled.ts), so that sums stay in registers though there are barriers in between.
// After tile.wgsl.

@group(0) @binding(3) var<storage, read_write> mixed: array<Part>;
// [batch · tokens, heads]
@group(0) @binding(4) var<storage, read_write> log_sums: array<f32>;

@compute @workgroup_size(64)
fn attend(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  settle(local);
  let place = place_of(group.y * groups.x + group.x, shape.heads);
  if (place.sequence >= shape.batch) { return; }
  let start = place.sequence * shape.tokens;
  let last = start + shape.tokens - 1u;
  let kv_head = place.head / heads_per_key();
  let own = place.first + down * EACH;
  let queries = Rows(start + place.first, last, row_of_qkv(), query_of(place.head));

  var sums: Sums;
  var most = vec4(LOWEST);
  var total = vec4<f32>();
  let end = min(place.first + SIDE + shape.ahead, length_of(place.sequence));
  for (var key = begin(place.first, shape.back); key < end; key += SIDE) {
    let keys = Rows(start + key, last, row_of_qkv(), key_of(kv_head));
    // Spelled out: a variable of a loop that is only declared keeps what it held the round before on SwiftShader.
    var scores = Products();
    for (var chunk = 0u; chunk < CHUNKS; chunk++) {
      stage_left(queries, chunk);
      stage_right(keys, chunk);
      workgroupBarrier();
      add_products(&scores, chunk);
      workgroupBarrier();
    }
    // The running softmax: what was summed under a lower maximum fades when a higher one is found.
    var highest = most;
    for (var i = 0u; i < EACH; i++) {
      let column = key + across + i * THREADS;
      scores[i] = select(vec4(LOWEST), scores[i] * SCALE, four_see(own, column) & vec4(column < end));
      highest = max(highest, scores[i]);
    }
    highest = largest(highest);
    let fade = exp(most - highest);
    most = highest;
    total *= fade;
    for (var i = 0u; i < EACH; i++) {
      let weight = select(vec4<f32>(), exp(scores[i] - highest), scores[i] > vec4(LOWEST));
      total += weight;
      put_weights(i, weight);
    }
    let values = Rows(start + key, last, row_of_qkv(), value_of(kv_head));
    for (var chunk = 0u; chunk < CHUNKS; chunk++) {
      stage_right(values, chunk);
      workgroupBarrier();
      for (var i = 0u; i < EACH; i++) { sums[chunk][i] *= fade[i]; }
      add_weighted(&sums[chunk]);
      workgroupBarrier();
    }
  }

  total = sum(total);
  let is_blind = total == vec4<f32>();
  let share = select(1.0 / total, vec4<f32>(), is_blind);
  let log_sum = select(most + log(total), vec4(LOWEST), is_blind);
  for (var i = 0u; i < EACH; i++) {
    if (own + i < shape.tokens) {
      let to = (start + own + i) * row_of_mixed() + query_of(place.head);
      for (var chunk = 0u; chunk < CHUNKS; chunk++) {
        if (across < parts_of(chunk)) { mixed[to + chunk * CHUNK + across] = sums[chunk][i] * share[i]; }
      }
      if (across == 0u) { log_sums[(start + own + i) * shape.heads + place.head] = log_sum[i]; }
    }
  }
}
