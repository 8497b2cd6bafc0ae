// The gradient of attention where a thread has ROWS queries, or keys, in registers and goes through what they meet one by
// one. With weights P = exp(Q·Kᵀ·scale − log_sums): dV = Pᵀ·dO; dS = P ∘ (dO·Vᵀ − rowsum(dO ∘ O)); dQ = scale·dS·K;
// dK = scale·dSᵀ·Q. Every loop over ROWS and PARTS is unrolled before it is compiled (unrolled.ts). After shape.wgsl.

@group(0) @binding(3) var<storage, read> d_mixed: array<Part>;
// [batch · tokens, heads]
@group(0) @binding(4) var<storage, read> log_sums: array<f32>;
@group(0) @binding(5) var<storage, read_write> d_qkv: array<Part>;
// rowsum(dO ∘ O), [batch · tokens, heads]: written with the gradient of the queries, read with that of the keys.
@group(0) @binding(6) var<storage, read_write> dots: array<f32>;
@group(0) @binding(7) var<storage, read> mixed: array<Part>;

struct Place {
  head: u32,
  first: u32,
  sequence: u32,
}

// Threads side by side have the same tokens of different heads, so that they take equally long.
fn place_of(thread: u32, heads: u32) -> Place {
  let tiles = (shape.tokens + ROWS - 1u) / ROWS;
  return Place(thread % heads, thread / heads % tiles * ROWS, thread / heads / tiles);
}

@compute @workgroup_size(64)
fn back_to_queries(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let place = place_of((group.y * groups.x + group.x) * 64u + local, shape.heads);
  if (place.sequence >= shape.batch) { return; }
  let first = place.first;
  let start = place.sequence * shape.tokens;

  var q: array<array<Part, PARTS>, ROWS>;
  var d_out: array<array<Part, PARTS>, ROWS>;
  var d_q: array<array<Part, PARTS>, ROWS>;
  var log_sum: array<f32, ROWS>;
  var own_dot: array<f32, ROWS>;
  for (var row = 0u; row < ROWS; row++) {
    let token = start + min(first + row, shape.tokens - 1u);
    let query_at = token * row_of_qkv() + query_of(place.head);
    let mixed_at = token * row_of_mixed() + query_of(place.head);
    for (var part = 0u; part < PARTS; part++) {
      q[row][part] = qkv[query_at + part];
      d_out[row][part] = d_mixed[mixed_at + part];
      own_dot[row] += inner(d_out[row][part], mixed[mixed_at + part]);
    }
    log_sum[row] = log_sums[token * shape.heads + place.head];
  }

  let end = min(first + ROWS + shape.ahead, length_of(place.sequence));
  for (var key = begin(first, shape.back); key < end; key++) {
    let key_at = (start + key) * row_of_qkv() + key_of(place.head / heads_per_key());
    let value_at = (start + key) * row_of_qkv() + value_of(place.head / heads_per_key());
    // Spelled out: a variable of a loop that is only declared keeps what it held the round before on SwiftShader.
    var k = array<Part, PARTS>();
    var score = array<f32, ROWS>();
    var d_weight = array<f32, ROWS>();
    for (var part = 0u; part < PARTS; part++) {
      k[part] = qkv[key_at + part];
      let v = qkv[value_at + part];
      for (var row = 0u; row < ROWS; row++) {
        score[row] += inner(q[row][part], k[part]);
        d_weight[row] += inner(d_out[row][part], v);
      }
    }
    for (var row = 0u; row < ROWS; row++) {
      let weight = select(0.0, exp(score[row] * SCALE - log_sum[row]), sees(first + row, key));
      let d_score = weight * (d_weight[row] - own_dot[row]) * SCALE;
      for (var part = 0u; part < PARTS; part++) { d_q[row][part] += d_score * k[part]; }
    }
  }

  for (var row = 0u; row < ROWS; row++) {
    if (first + row < shape.tokens) {
      let to = (start + first + row) * row_of_qkv() + query_of(place.head);
      for (var part = 0u; part < PARTS; part++) { d_qkv[to + part] = d_q[row][part]; }
      dots[(start + first + row) * shape.heads + place.head] = own_dot[row];
    }
  }
}

@compute @workgroup_size(64)
fn back_to_keys(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let place = place_of((group.y * groups.x + group.x) * 64u + local, shape.kv_heads);
  if (place.sequence >= shape.batch) { return; }
  let first = place.first;
  let start = place.sequence * shape.tokens;
  let length = length_of(place.sequence);

  var k: array<array<Part, PARTS>, ROWS>;
  var v: array<array<Part, PARTS>, ROWS>;
  var d_k: array<array<Part, PARTS>, ROWS>;
  var d_v: array<array<Part, PARTS>, ROWS>;
  for (var row = 0u; row < ROWS; row++) {
    let token = (start + min(first + row, shape.tokens - 1u)) * row_of_qkv();
    for (var part = 0u; part < PARTS; part++) {
      k[row][part] = qkv[token + key_of(place.head) + part];
      v[row][part] = qkv[token + value_of(place.head) + part];
    }
  }

  // Nobody sees padding.
  let end = select(min(first + ROWS + shape.back, shape.tokens), 0u, first >= length);
  for (var member = 0u; member < heads_per_key(); member++) {
    let head = place.head * heads_per_key() + member;
    for (var query = begin(first, shape.ahead); query < end; query++) {
      let query_at = (start + query) * row_of_qkv() + query_of(head);
      let mixed_at = (start + query) * row_of_mixed() + query_of(head);
      let log_sum = log_sums[(start + query) * shape.heads + head];
      let own_dot = dots[(start + query) * shape.heads + head];
      var q = array<Part, PARTS>();
      var d_out = array<Part, PARTS>();
      var score = array<f32, ROWS>();
      var d_weight = array<f32, ROWS>();
      for (var part = 0u; part < PARTS; part++) {
        q[part] = qkv[query_at + part];
        d_out[part] = d_mixed[mixed_at + part];
        for (var row = 0u; row < ROWS; row++) {
          score[row] += inner(k[row][part], q[part]);
          d_weight[row] += inner(v[row][part], d_out[part]);
        }
      }
      for (var row = 0u; row < ROWS; row++) {
        let is_seen = sees(query, first + row) && first + row < length;
        let weight = select(0.0, exp(score[row] * SCALE - log_sum), is_seen);
        let d_score = weight * (d_weight[row] - own_dot) * SCALE;
        for (var part = 0u; part < PARTS; part++) {
          d_k[row][part] += d_score * q[part];
          d_v[row][part] += weight * d_out[part];
        }
      }
    }
  }

  for (var row = 0u; row < ROWS; row++) {
    if (first + row < shape.tokens) {
      let to = (start + first + row) * row_of_qkv();
      for (var part = 0u; part < PARTS; part++) {
        d_qkv[to + key_of(place.head) + part] = d_k[row][part];
        d_qkv[to + value_of(place.head) + part] = d_v[row][part];
      }
    }
  }
}
