// The new token comes as it was projected: each workgroup turns its query and key, and one of those that share a key stores it
// with its value. The others do not wait for that: the new token's own weight is the first. Before attend.wgsl.

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> qkv: array<Part>;
// [positions, half a head]
@group(0) @binding(2) var<storage, read> cosines: array<Part>;
@group(0) @binding(3) var<storage, read> sines: array<Part>;
@group(0) @binding(4) var<storage, read> positions: array<u32>;
@group(0) @binding(5) var<storage, read_write> keys: array<Part>;
@group(0) @binding(6) var<storage, read_write> values: array<Part>;
@group(0) @binding(7) var<storage, read_write> out: array<Part>;

var<workgroup> own_key: array<Part, PARTS>;

@compute @workgroup_size(THREADS)
fn attend_next(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) thread: u32) {
  let work = work_of(place.y, place.x);
  let value = work.key + sizes.kv_heads * PARTS;
  let half = PARTS / 2;
  for (var part = thread; part < half; part += THREADS) {
    let cosine = cosines[work.position * half + part];
    let sine = sines[work.position * half + part];
    let q = array(qkv[work.query + part], qkv[work.query + half + part]);
    query[part] = q[0] * cosine - q[1] * sine;
    query[half + part] = q[1] * cosine + q[0] * sine;
    let k = array(qkv[work.key + part], qkv[work.key + half + part]);
    own_key[part] = k[0] * cosine - k[1] * sine;
    own_key[half + part] = k[1] * cosine + k[0] * sine;
  }
  for (var i = thread; i < GROUPS * PARTS; i += THREADS) {
    if (i < PARTS) { mixed[i] = qkv[value + i]; } else { mixed[i] = Part(); }
  }
  workgroupBarrier();
  if (place.x % (sizes.heads / sizes.kv_heads) == 0) {
    let stored = work.cached + work.position * work.step;
    for (var part = thread; part < PARTS; part += THREADS) {
      keys[stored + part] = own_key[part];
      values[stored + part] = qkv[value + part];
    }
  }
  var score = 0.0;
  for (var part = 0u; part < PARTS; part++) { score += inner(query[part], own_key[part]); }
  attend_until(work.position, work, thread, score * sizes.scale, select(0.0, 1.0, thread == 0));
}
