// One new token per sequence: a workgroup per sequence and head turns its query and key, and goes through the cache chunk by chunk
// with a running maximum (Milakov and Gimelshein, arXiv 1805.02867). Every sum is in a fixed order. Of the workgroups that share a
// key one stores it with its value; the others do not wait for that: the new token's own weight is the first. After part-four.wgsl
// or part-one.wgsl.

// A power of two.
override THREADS: u32;
// Of a head.
override PARTS: u32;
// Threads that share a part of the values' sum, each with every GROUPS-th key.
override GROUPS: u32;

// Keys whose weights are in the workgroup's memory.
const CHUNK = 1024u;

struct Sizes {
  heads: u32,
  kv_heads: u32,
  capacity: u32,
  window: u32,
  // 1/√headDim.
  scale: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> qkv: array<Part>;
// [positions, half a head]
@group(0) @binding(2) var<storage, read> cosines: array<Part>;
@group(0) @binding(3) var<storage, read> sines: array<Part>;
@group(0) @binding(4) var<storage, read> positions: array<u32>;
@group(0) @binding(5) var<storage, read_write> keys: array<Part>;
@group(0) @binding(6) var<storage, read_write> values: array<Part>;
@group(0) @binding(7) var<storage, read_write> out: array<Part>;

var<workgroup> query: array<Part, PARTS>;
var<workgroup> own_key: array<Part, PARTS>;
var<workgroup> weights: array<f32, CHUNK>;
var<workgroup> mixed: array<Part, GROUPS * PARTS>;
var<workgroup> shares: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn attend_next(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) thread: u32) {
  let head = place.x;
  let sequence = place.y;
  let group = sizes.heads / sizes.kv_heads;
  let row = sequence * (sizes.heads + 2 * sizes.kv_heads);
  let own = (row + sizes.heads + head / group) * PARTS;
  let step = sizes.kv_heads * PARTS;
  let position = positions[sequence];
  let cached = sequence * sizes.capacity * step + head / group * PARTS;

  turn((row + head) * PARTS, own, position, thread);
  for (var i = thread; i < GROUPS * PARTS; i += THREADS) {
    if (i < PARTS) { mixed[i] = qkv[own + step + i]; } else { mixed[i] = Part(); }
  }
  workgroupBarrier();
  if (head % group == 0) {
    for (var part = thread; part < PARTS; part += THREADS) {
      keys[cached + position * step + part] = own_key[part];
      values[cached + position * step + part] = qkv[own + step + part];
    }
  }

  var most = 0.0;
  for (var part = 0u; part < PARTS; part++) { most += inner(query[part], own_key[part]); }
  most *= sizes.scale;
  // This thread's share.
  var sum = select(0.0, 1.0, thread == 0);
  for (var start = position + 1 - min(position + 1, sizes.window); start < position; start += CHUNK) {
    let count = min(CHUNK, position - start);
    let first = cached + start * step;
    var highest = most;
    for (var key = thread; key < count; key += THREADS) {
      var score = 0.0;
      for (var part = 0u; part < PARTS; part++) { score += inner(query[part], keys[first + key * step + part]); }
      weights[key] = score * sizes.scale;
      highest = max(highest, weights[key]);
    }
    highest = largest(highest, thread);
    let kept = exp(most - highest);
    most = highest;
    sum *= kept;
    for (var key = thread; key < count; key += THREADS) {
      weights[key] = exp(weights[key] - most);
      sum += weights[key];
    }
    workgroupBarrier();
    for (var i = thread; i < GROUPS * PARTS; i += THREADS) {
      var part = mixed[i] * kept;
      for (var key = i / PARTS; key < count; key += GROUPS) { part += weights[key] * values[first + key * step + i % PARTS]; }
      mixed[i] = part;
    }
    workgroupBarrier();
  }

  let total = total_of(sum, thread);
  for (var part = thread; part < PARTS; part += THREADS) {
    var whole = mixed[part];
    for (var i = 1u; i < GROUPS; i++) { whole += mixed[i * PARTS + part]; }
    out[(sequence * sizes.heads + head) * PARTS + part] = whole / total;
  }
}

// Both halves of a head, [a, b], become [a·cos − b·sin, b·cos + a·sin].
fn turn(from_query: u32, from_key: u32, position: u32, thread: u32) {
  let half = PARTS / 2;
  for (var part = thread; part < half; part += THREADS) {
    let cosine = cosines[position * half + part];
    let sine = sines[position * half + part];
    let q = array(qkv[from_query + part], qkv[from_query + half + part]);
    query[part] = q[0] * cosine - q[1] * sine;
    query[half + part] = q[1] * cosine + q[0] * sine;
    let k = array(qkv[from_key + part], qkv[from_key + half + part]);
    own_key[part] = k[0] * cosine - k[1] * sine;
    own_key[half + part] = k[1] * cosine + k[0] * sine;
  }
}

fn largest(own: f32, thread: u32) -> f32 {
  shares[thread] = own;
  workgroupBarrier();
  for (var half = THREADS / 2; half > 0; half /= 2) {
    if (thread < half) { shares[thread] = max(shares[thread], shares[thread + half]); }
    workgroupBarrier();
  }
  return shares[0];
}

fn total_of(own: f32, thread: u32) -> f32 {
  shares[thread] = own;
  workgroupBarrier();
  for (var half = THREADS / 2; half > 0; half /= 2) {
    if (thread < half) { shares[thread] += shares[thread + half]; }
    workgroupBarrier();
  }
  return shares[0];
}
