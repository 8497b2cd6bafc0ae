// Brings tensors into one flat buffer, piece by piece, and sums the squares of what the buffer then holds. After by-row/, where a
// row is a piece, and the number of INPUTS. Cells are of four numbers.

struct Input {
  // Where it begins in the flat buffer.
  cell: u32,
  // In numbers.
  size: u32,
  // A uniform's elements are sixteen bytes apart.
  unused: vec2<u32>,
}

struct Gathering {
  // Of a piece.
  cells: u32,
  // The first piece begins here in the flat buffer, and the last one ends there.
  cell: u32,
  end: u32,
  // Where the partial sum of the first piece goes.
  partial: u32,
  share: f32,
  // 1 adds to what the buffer holds.
  adds: u32,
  unused: vec2<u32>,
  inputs: array<Input, INPUTS>,
}

@group(0) @binding(0) var<uniform> gathering: Gathering;
@group(0) @binding(1) var<storage, read_write> flat_buffer: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> partials: array<f32>;

@compute @workgroup_size(64)
fn gather_flat(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let piece = row_of(group.y * groups.x + group.x, local);
  let first = gathering.cell + piece * gathering.cells;
  if (first >= gathering.end) { return; }
  let sum = total(vec2(take_all(first, min(first + gathering.cells, gathering.end), local), 0.0), local).x;
  if (lane_of(local) == 0u) { partials[gathering.partial + piece] = sum; }
}

fn put(i: u32, gradient: vec4<f32>) -> vec4<f32> {
  var gathered = gradient * gathering.share;
  if (gathering.adds == 1u) { gathered += flat_buffer[i]; }
  flat_buffer[i] = gathered;
  return gathered;
}
