// One token per row of logits, a workgroup per row. Every sum is in a fixed order. After logits.wgsl and logits-four.wgsl or
// logits-one.wgsl.
//
// Which tokens stay is told by a threshold: those with a key above it, and the first few with that very key. It is found
// digit by digit, without sorting: a digit is the largest for which those from there on are still enough.

// A power of two.
override THREADS: u32;

@group(0) @binding(2) var<storage, read_write> ids: array<u32>;
// Of the draw alone.
@group(0) @binding(3) var<storage, read> draws: array<f32>;

struct Threshold {
  key: u32,
  // What lies above it.
  above: f32,
}

var<workgroup> best: array<vec2u, THREADS>;
var<workgroup> sums: array<vec3f, THREADS>;
var<workgroup> equals: array<u32, THREADS>;
var<workgroup> answer: u32;

@compute @workgroup_size(THREADS)
fn likeliest(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) thread: u32) {
  let highest = highest_of(place.x, thread);
  if (thread == 0) { ids[place.x] = highest.y; }
}

@compute @workgroup_size(THREADS)
fn draw(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = place.x;
  let highest = highest_of(row, thread);
  let top = highest.x;
  if (thread == 0) { answer = highest.y; }

  // Of those with the threshold's own key so many stay.
  var threshold = 0u;
  var ties = 0.0;
  if (settings.top_k > 0 && settings.top_k < settings.vocabulary) {
    let found = threshold_of(row, thread, top, true, f32(settings.top_k));
    threshold = found.key;
    ties = f32(settings.top_k) - found.above;
  }
  if (settings.top_p < 1) {
    let left = mass_above(row, thread, top, threshold) + ties * weight_of(threshold, top);
    let found = threshold_of(row, thread, top, false, settings.top_p * left);
    // Not above the highest, so that one token stays whatever the share.
    let key = min(found.key, top);
    let needed = max(1, ceil((settings.top_p * left - found.above) / weight_of(key, top)));
    if (key > threshold) { ties = needed; } else if (key == threshold) { ties = min(ties, needed); }
    threshold = max(key, threshold);
  }
  draw_from(row, thread, top, threshold, u32(ties));
  workgroupBarrier();
  if (thread == 0) { ids[row] = answer; }
}

// Draws by the inverse of the cumulative distribution: each thread has a run of neighbouring ids.
fn draw_from(row: u32, thread: u32, top: u32, threshold: u32, ties: u32) {
  let quads = (settings.vocabulary + 3) / 4;
  let run = (quads + THREADS - 1) / THREADS;
  let first = min(thread * run, quads);
  let end = min(first + run, quads);

  var equal = 0u;
  for (var i = first; i < end; i++) { equal += dot(vec4u(1), vec4u(quad(row, i) == vec4u(threshold))); }
  equals[thread] = equal;
  workgroupBarrier();
  var before = 0u;
  for (var other = 0u; other < thread; other++) { before += equals[other]; }

  var rank = before;
  var own = 0.0;
  for (var i = first; i < end; i++) {
    let keys = quad(row, i);
    for (var j = 0u; j < 4; j++) { own += kept_weight(keys[j], top, threshold, ties, &rank); }
  }
  sums[thread] = vec3f(own);
  workgroupBarrier();
  var passed = 0.0;
  var total = 0.0;
  for (var other = 0u; other < THREADS; other++) {
    if (other == thread) { passed = total; }
    total += sums[other].x;
  }
  // Where all of a row is NaN nothing can be drawn. Else the next smaller number than the total is reached for sure.
  if (total == 0) { return; }
  let goal = min(draws[row] * total, bitcast<f32>(bitcast<u32>(total) - 1));
  if (passed > goal || passed + own <= goal) { return; }

  rank = before;
  own = 0.0;
  for (var i = first; i < end; i++) {
    let keys = quad(row, i);
    for (var j = 0u; j < 4; j++) {
      own += kept_weight(keys[j], top, threshold, ties, &rank);
      if (passed + own > goal) {
        answer = 4 * i + j;
        return;
      }
    }
  }
}

// e to the power of (logit − highest) / temperature.
fn weight_of(key: u32, top: u32) -> f32 {
  if (key == 0) { return 0; }
  // Infinite logits, too, have a weight.
  if (key == top) { return 1; }
  return exp((float_of(key) - float_of(top)) / settings.temperature);
}

// 0 for what does not stay. `rank` counts those with the threshold's key.
fn kept_weight(key: u32, top: u32, threshold: u32, ties: u32, rank: ptr<function, u32>) -> f32 {
  if (key < threshold) { return 0; }
  if (key == threshold) {
    *rank += 1;
    if (*rank > ties) { return 0; }
  }
  return weight_of(key, top);
}

// The largest key from which on there are `enough` tokens, or tokens of `enough` weight.
fn threshold_of(row: u32, thread: u32, top: u32, counting: bool, enough: f32) -> Threshold {
  var found = Threshold(0, 0);
  for (var shift = 30u; ; shift -= 2) {
    let next = vec3u(found.key) + (vec3u(1, 2, 3) << vec3u(shift));
    let from_there = sums_from(row, thread, top, counting, next);
    let digit = dot(vec3u(1), vec3u(from_there >= vec3f(enough)));
    if (digit < 3) { found.above = from_there[digit]; }
    found.key += digit << shift;
    if (shift == 0) { break; }
  }
  return found;
}

// Numbers of tokens, or sums of their weights, from each key on.
fn sums_from(row: u32, thread: u32, top: u32, counting: bool, keys: vec3u) -> vec3f {
  var own = vec3f();
  for (var i = thread; i < (settings.vocabulary + 3) / 4; i += THREADS) {
    let four = quad(row, i);
    // Most tokens are far below.
    if (all(four < vec4u(keys.x))) { continue; }
    for (var j = 0u; j < 4; j++) {
      if (four[j] < keys.x) { continue; }
      var share = 1.0;
      if (!counting) { share = weight_of(four[j], top); }
      own += select(vec3f(), vec3f(share), vec3u(four[j]) >= keys);
    }
  }
  return total_of(own, thread);
}

fn mass_above(row: u32, thread: u32, top: u32, threshold: u32) -> f32 {
  return sums_from(row, thread, top, false, vec3u(threshold + 1)).x;
}

fn total_of(own: vec3f, thread: u32) -> vec3f {
  workgroupBarrier();
  sums[thread] = own;
  workgroupBarrier();
  for (var half = THREADS / 2; half > 0; half /= 2) {
    if (thread < half) { sums[thread] += sums[thread + half]; }
    workgroupBarrier();
  }
  return sums[0];
}

// Key and id of a row's highest logit, the lowest such id.
fn highest_of(row: u32, thread: u32) -> vec2u {
  var own = vec2u();
  for (var i = thread; i < (settings.vocabulary + 3) / 4; i += THREADS) {
    let four = quad(row, i);
    for (var j = 0u; j < 4; j++) {
      if (four[j] > own.x) { own = vec2u(four[j], 4 * i + j); }
    }
  }
  best[thread] = own;
  workgroupBarrier();
  for (var half = THREADS / 2; half > 0; half /= 2) {
    if (thread < half) {
      let other = best[thread + half];
      if (other.x > best[thread].x || (other.x == best[thread].x && other.y < best[thread].y)) { best[thread] = other; }
    }
    workgroupBarrier();
  }
  return best[0];
}
