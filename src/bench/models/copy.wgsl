// to = from, four numbers at a time: as much as the device's memory gives. It computes nothing.
//
// A workgroup has a stretch of 4 · 256 cells; its threads read cells that lie side by side.

struct Sizes {
  cells: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> origin: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> copied: array<vec4<f32>>;

const THREADS = 256u;
const EACH = 4u;

@compute @workgroup_size(THREADS)
fn copy(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) thread: u32,
) {
  let first = (group.y * groups.x + group.x) * THREADS * EACH + thread;
  for (var i = 0u; i < EACH; i++) {
    let cell = first + i * THREADS;
    if (cell < sizes.cells) {
      copied[cell] = origin[cell];
    }
  }
}
