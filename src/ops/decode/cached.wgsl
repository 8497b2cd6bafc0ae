// The query comes turned, and the new token is in the cache already. Before attend.wgsl.

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> qkv: array<Part>;
@group(0) @binding(2) var<storage, read> positions: array<u32>;
@group(0) @binding(3) var<storage, read> keys: array<Part>;
@group(0) @binding(4) var<storage, read> values: array<Part>;
@group(0) @binding(5) var<storage, read_write> out: array<Part>;

@compute @workgroup_size(THREADS)
fn attend(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) thread: u32) {
  let work = work_of(place.y, place.x);
  for (var part = thread; part < PARTS; part += THREADS) { query[part] = qkv[work.query + part]; }
  for (var i = thread; i < GROUPS * PARTS; i += THREADS) { mixed[i] = Part(); }
  workgroupBarrier();
  attend_until(work.position + 1, work, thread, LOWEST, 0);
}
