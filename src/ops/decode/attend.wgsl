// Attention of one new token per sequence to its cache: a workgroup per sequence and head goes through the keys chunk by chunk
// with a running maximum (Milakov and Gimelshein, arXiv 1805.02867). Every sum is in a fixed order. After part-four.wgsl or
// part-one.wgsl, and cached.wgsl or next.wgsl, which say where the query comes from.

// A power of two.
override THREADS: u32;
// Of a head.
override PARTS: u32;
// Threads that share a part of the values' sum, each with every GROUPS-th key.
override GROUPS: u32;

// Keys whose weights are in the workgroup's memory.
const CHUNK = 1024u;
const LOWEST = -3.4e38;

struct Sizes {
  heads: u32,
  kv_heads: u32,
  capacity: u32,
  window: u32,
  // 1/√headDim.
  scale: f32,
}

// Places in parts.
struct Work {
  // Of the query and of the result.
  query: u32,
  result: u32,
  // Of the new token's key.
  key: u32,
  // Of the sequence's first key in the cache, and how far it is to the next.
  cached: u32,
  step: u32,
  // The new token's.
  position: u32,
}

var<workgroup> query: array<Part, PARTS>;
var<workgroup> weights: array<f32, CHUNK>;
var<workgroup> mixed: array<Part, GROUPS * PARTS>;
var<workgroup> shares: array<f32, THREADS>;

fn work_of(sequence: u32, head: u32) -> Work {
  let kv_head = head / (sizes.heads / sizes.kv_heads);
  let row = sequence * (sizes.heads + 2 * sizes.kv_heads);
  let step = sizes.kv_heads * PARTS;
  return Work(
    (row + head) * PARTS, (sequence * sizes.heads + head) * PARTS, (row + sizes.heads + kv_head) * PARTS,
    sequence * sizes.capacity * step + kv_head * PARTS, step, positions[sequence],
  );
}

fn score_of(key: u32) -> f32 {
  var score = 0.0;
  for (var part = 0u; part < PARTS; part++) { score += inner(query[part], keys[key + part]); }
  return score * sizes.scale;
}

// Goes through the window up to `end`, with the query and what is mixed so far in the workgroup's memory.
// `so_far` is the highest score, `own` this thread's share of the sum of weights, which are relative to that.
fn attend_until(end: u32, work: Work, thread: u32, so_far: f32, own: f32) {
  let seen = min(work.position + 1, sizes.window);
  var most = so_far;
  var sum = own;
  for (var start = work.position + 1 - seen; start < end; start += CHUNK) {
    let count = min(CHUNK, end - start);
    let first = work.cached + start * work.step;
    var highest = most;
    for (var key = thread; key < count; key += THREADS) {
      weights[key] = score_of(first + key * work.step);
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
      for (var key = i / PARTS; key < count; key += GROUPS) { part += weights[key] * values[first + key * work.step + i % PARTS]; }
      mixed[i] = part;
    }
    workgroupBarrier();
  }

  let total = total_of(sum, thread);
  for (var part = thread; part < PARTS; part += THREADS) {
    var whole = mixed[part];
    for (var i = 1u; i < GROUPS; i++) { whole += mixed[i * PARTS + part]; }
    out[work.result + part] = whole / total;
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
