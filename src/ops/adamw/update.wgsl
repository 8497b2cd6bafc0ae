// AdamW over a flat buffer, piece by piece, with clipping by the global norm before it. After by-row/, where a row is a piece.
// Cells are of four numbers. Algorithm 2 of arXiv 1711.05101, with the rate multiplied to the decay.

struct Sizes {
  // Of the flat buffer, and of a piece.
  cells: u32,
  piece_cells: u32,
  // Four partial sums each.
  partial_cells: u32,
}

struct Constants {
  // How much of the moments stays, and how much comes new.
  beta1: f32,
  new1: f32,
  beta2: f32,
  new2: f32,
  epsilon: f32,
  // 1/√(1 − beta2^step)
  root_correction: f32,
  // rate/(1 − beta1^step)
  step_size: f32,
  // 1 − rate·decay
  decayed: f32,
  clip_norm: f32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> gathered: array<vec4<f32>>;
// Sums of squares of all that was gathered, of other flat buffers too.
@group(0) @binding(2) var<storage, read> partials: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> constants: Constants;
// As bits, so that nothing is assumed about what they stand for.
@group(0) @binding(4) var<storage, read> loss: u32;
// Whether there is decay, for every sixteen cells.
@group(0) @binding(5) var<storage, read> decays: array<u32>;
@group(0) @binding(6) var<storage, read_write> parameters: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> means: array<vec4<f32>>;
@group(0) @binding(8) var<storage, read_write> variances: array<vec4<f32>>;

@compute @workgroup_size(64)
fn adamw_update(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let first = row_of(group.y * groups.x + group.x, local) * sizes.piece_cells;
  if (first >= sizes.cells || !is_finite(loss)) { return; }
  // Every piece comes to the same norm, in the same order.
  var squares = vec4<f32>();
  for (var i = lane_of(local); i < sizes.partial_cells; i += LANES) { squares += partials[i]; }
  let factor = clip_factor(sqrt(total(vec2(sum_of(squares), 0.0), local).x));
  for (var i = first + lane_of(local); i < min(first + sizes.piece_cells, sizes.cells); i += LANES) { advance(i, gathered[i] * factor); }
}

fn is_finite(bits: u32) -> bool {
  return (bits & 0x7f800000u) != 0x7f800000u;
}

fn clip_factor(norm: f32) -> f32 {
  if (constants.clip_norm == 0.0) { return 1.0; }
  return min(1.0, constants.clip_norm / (norm + 1e-6));
}

fn advance(i: u32, gradient: vec4<f32>) {
  let mean = means[i] * constants.beta1 + gradient * constants.new1;
  let variance = variances[i] * constants.beta2 + gradient * gradient * constants.new2;
  means[i] = mean;
  variances[i] = variance;
  let kept = select(1.0, constants.decayed, decays[i / 16u] == 1u);
  parameters[i] = parameters[i] * kept - mean / (sqrt(variance) * constants.root_correction + constants.epsilon) * constants.step_size;
}
