// Root-mean-square normalisation. After by-row/. With n = x·r and g = dy·weight: dx = r·(g − n·mean(g·n)), dweight = Σ_rows dy·n.

override BESIDE: bool = false;

struct Sizes {
  rows: u32,
  hidden: u32,
  epsilon: f32,
  // Workgroups that have rows; those after them have columns.
  row_groups: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> x: array<Cell>;
@group(0) @binding(2) var<storage, read> weight: array<Cell>;

@group(0) @binding(3) var<storage, read_write> normed: array<Cell>;
@group(0) @binding(4) var<storage, read_write> scales: array<f32>;

@compute @workgroup_size(64)
fn rms_norm(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let row = row_of(group.y * groups.x + group.x, local);
  if (row >= sizes.rows) { return; }
  let cells = sizes.hidden / CELL;
  let start = row * cells;
  var squares = Cell();
  for (var i = lane_of(local); i < cells; i += LANES) { squares += x[start + i] * x[start + i]; }
  let scale = inverseSqrt(total(vec2(sum_of(squares), 0.0), local).x / f32(sizes.hidden) + sizes.epsilon);
  for (var i = lane_of(local); i < cells; i += LANES) { normed[start + i] = weight[i] * x[start + i] * scale; }
  if (lane_of(local) == 0u) { scales[row] = scale; }
}

@group(0) @binding(3) var<storage, read> kept_scales: array<f32>;
@group(0) @binding(4) var<storage, read> dy: array<Cell>;
// The gradient that comes past the normalisation.
@group(0) @binding(5) var<storage, read> beside: array<Cell>;
@group(0) @binding(6) var<storage, read_write> dx: array<Cell>;
@group(0) @binding(7) var<storage, read_write> d_weight: array<Cell>;

@compute @workgroup_size(64)
fn rms_norm_back(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let index = group.y * groups.x + group.x;
  if (index < sizes.row_groups) {
    row_back(row_of(index, local), local);
  } else {
    column_back(column_of(index - sizes.row_groups, local), local);
  }
}

fn row_back(row: u32, local: u32) {
  if (row >= sizes.rows) { return; }
  let cells = sizes.hidden / CELL;
  let start = row * cells;
  let scale = kept_scales[row];
  var products = Cell();
  for (var i = lane_of(local); i < cells; i += LANES) { products += dy[start + i] * weight[i] * x[start + i]; }
  // scale² · mean(g·x), of which one scale makes n of x.
  let projection = scale * scale * total(vec2(sum_of(products), 0.0), local).x / f32(sizes.hidden);
  for (var i = lane_of(local); i < cells; i += LANES) {
    let at = start + i;
    var gradient = scale * (dy[at] * weight[i] - x[at] * projection);
    if (BESIDE) { gradient += beside[at]; }
    dx[at] = gradient;
  }
}

fn column_back(column: u32, local: u32) {
  let cells = sizes.hidden / CELL;
  var sum = Cell();
  if (column < cells) {
    for (var row = column_lane_of(local); row < sizes.rows; row += COLUMN_LANES) {
      sum += dy[row * cells + column] * x[row * cells + column] * kept_scales[row];
    }
  }
  sum = column_total(sum, local);
  if (column < cells && column_lane_of(local) == 0u) { d_weight[column] = sum; }
}
