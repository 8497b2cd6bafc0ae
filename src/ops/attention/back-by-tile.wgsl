// The gradient of attention where a workgroup has 32 queries, or keys, of a head and goes through what they meet 32 at a
// time. The formulas are in back-by-thread.wgsl. Every loop over CHUNKS is unrolled before it is compiled
// (unrolled.ts). After tile.wgsl.

@group(0) @binding(3) var<storage, read> d_mixed: array<Part>;
// [batch · tokens, heads]
@group(0) @binding(4) var<storage, read> log_sums: array<f32>;
@group(0) @binding(5) var<storage, read_write> d_qkv: array<Part>;
// rowsum(dO ∘ O), [batch · tokens, heads]: written with the gradient of the queries, read with that of the keys.
@group(0) @binding(6) var<storage, read_write> dots: array<f32>;
@group(0) @binding(7) var<storage, read> mixed: array<Part>;

fn stage_left_gradients(rows: Rows, chunk: u32) {
  for (var i = 0u; i < EACH; i++) { left[(down + i * THREADS) * PADDED + across] = d_mixed[part_of(rows, down + i * THREADS, chunk)]; }
}

fn stage_right_gradients(rows: Rows, chunk: u32) {
  for (var i = 0u; i < EACH; i++) { right[(down + i * THREADS) * PADDED + across] = d_mixed[part_of(rows, down + i * THREADS, chunk)]; }
}

// Writes the thread's parts of its four rows from token `first` on, as far as there are tokens.
fn put(sums: ptr<function, Sums>, start: u32, first: u32, at: u32) {
  for (var i = 0u; i < EACH; i++) {
    if (first + i < shape.tokens) {
      let to = (start + first + i) * row_of_qkv() + at + across;
      for (var chunk = 0u; chunk < CHUNKS; chunk++) {
        if (across < parts_of(chunk)) { d_qkv[to + chunk * CHUNK] = (*sums)[chunk][i]; }
      }
    }
  }
}

@compute @workgroup_size(64)
fn back_to_queries(
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
  let gradients = Rows(start + place.first, last, row_of_mixed(), query_of(place.head));

  var own_dot = vec4<f32>();
  var log_sum = vec4<f32>();
  for (var i = 0u; i < EACH; i++) {
    for (var chunk = 0u; chunk < CHUNKS; chunk++) {
      let at = part_of(gradients, down * EACH + i, chunk);
      if (across < parts_of(chunk)) { own_dot[i] += inner(d_mixed[at], mixed[at]); }
    }
    log_sum[i] = log_sums[min(start + own + i, last) * shape.heads + place.head];
  }
  own_dot = sum(own_dot);

  var sums: Sums;
  let end = min(place.first + SIDE + shape.ahead, length_of(place.sequence));
  for (var key = begin(place.first, shape.back); key < end; key += SIDE) {
    let keys = Rows(start + key, last, row_of_qkv(), key_of(kv_head));
    let values = Rows(start + key, last, row_of_qkv(), value_of(kv_head));
    // Spelled out: a variable of a loop that is only declared keeps what it held the round before on SwiftShader.
    var scores = Products();
    var d_weights = Products();
    for (var chunk = 0u; chunk < CHUNKS; chunk++) {
      stage_left(queries, chunk);
      stage_right(keys, chunk);
      workgroupBarrier();
      add_products(&scores, chunk);
      workgroupBarrier();
      stage_left_gradients(gradients, chunk);
      stage_right(values, chunk);
      workgroupBarrier();
      add_products(&d_weights, chunk);
      workgroupBarrier();
    }
    for (var i = 0u; i < EACH; i++) {
      let column = key + across + i * THREADS;
      let weight = select(vec4<f32>(), exp(scores[i] * SCALE - log_sum), four_see(own, column) & vec4(column < end));
      put_weights(i, weight * (d_weights[i] - own_dot) * SCALE);
    }
    for (var chunk = 0u; chunk < CHUNKS; chunk++) {
      stage_right(keys, chunk);
      workgroupBarrier();
      add_weighted(&sums[chunk]);
      workgroupBarrier();
    }
  }

  put(&sums, start, own, query_of(place.head));
  for (var i = 0u; i < EACH; i++) {
    if (across == 0u && own + i < shape.tokens) { dots[(start + own + i) * shape.heads + place.head] = own_dot[i]; }
  }
}

@compute @workgroup_size(64)
fn back_to_keys(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  settle(local);
  let place = place_of(group.y * groups.x + group.x, shape.kv_heads);
  if (place.sequence >= shape.batch) { return; }
  let start = place.sequence * shape.tokens;
  let last = start + shape.tokens - 1u;
  let length = length_of(place.sequence);
  let own = place.first + down * EACH;
  let are_tokens = vec4(own, own + 1u, own + 2u, own + 3u) < vec4(length);
  let keys = Rows(start + place.first, last, row_of_qkv(), key_of(place.head));
  let values = Rows(start + place.first, last, row_of_qkv(), value_of(place.head));

  var d_keys: Sums;
  var d_values: Sums;
  // Nobody sees padding.
  let end = select(min(place.first + SIDE + shape.back, shape.tokens), 0u, place.first >= length);
  for (var member = 0u; member < heads_per_key(); member++) {
    let head = place.head * heads_per_key() + member;
    for (var query = begin(place.first, shape.ahead); query < end; query += SIDE) {
      let queries = Rows(start + query, last, row_of_qkv(), query_of(head));
      let gradients = Rows(start + query, last, row_of_mixed(), query_of(head));
      var scores = Products();
      var d_weights = Products();
      for (var chunk = 0u; chunk < CHUNKS; chunk++) {
        stage_left(keys, chunk);
        stage_right(queries, chunk);
        workgroupBarrier();
        add_products(&scores, chunk);
        workgroupBarrier();
        stage_left(values, chunk);
        stage_right_gradients(gradients, chunk);
        workgroupBarrier();
        add_products(&d_weights, chunk);
        workgroupBarrier();
      }
      for (var i = 0u; i < EACH; i++) {
        let column = query + across + i * THREADS;
        let at = min(start + column, last) * shape.heads + head;
        let weight = select(vec4<f32>(), exp(scores[i] * SCALE - log_sums[at]), four_seen(column, own) & are_tokens & vec4(column < end));
        scores[i] = weight * (d_weights[i] - dots[at]) * SCALE;
        put_weights(i, weight);
      }
      for (var chunk = 0u; chunk < CHUNKS; chunk++) {
        stage_right_gradients(gradients, chunk);
        workgroupBarrier();
        add_weighted(&d_values[chunk]);
        workgroupBarrier();
      }
      for (var i = 0u; i < EACH; i++) { put_weights(i, scores[i]); }
      for (var chunk = 0u; chunk < CHUNKS; chunk++) {
        stage_right(queries, chunk);
        workgroupBarrier();
        add_weighted(&d_keys[chunk]);
        workgroupBarrier();
      }
    }
  }

  put(&d_keys, start, own, key_of(place.head));
  put(&d_values, start, own, value_of(place.head));
}
