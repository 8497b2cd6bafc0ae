// Layer normalisation. After by-row/. With n = (x − mean)·r and g = dy·weight: dx = r·(g − mean(g) − n·mean(g·n)),
// dweight = Σ_rows dy·n, dbias = Σ_rows dy.

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

@group(0) @binding(3) var<storage, read> bias: array<Cell>;
@group(0) @binding(4) var<storage, read_write> normed: array<Cell>;
// Mean and r of every row.
@group(0) @binding(5) var<storage, read_write> moments: array<vec2<f32>>;

@compute @workgroup_size(64)
fn layer_norm(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let row = row_of(group.y * groups.x + group.x, local);
  if (row >= sizes.rows) { return; }
  let cells = sizes.hidden / CELL;
  let start = row * cells;
  var sum = Cell();
  for (var i = lane_of(local); i < cells; i += LANES) { sum += x[start + i]; }
  let mean = total(vec2(sum_of(sum), 0.0), local).x / f32(sizes.hidden);
  var squares = Cell();
  for (var i = lane_of(local); i < cells; i += LANES) {
    let centred = x[start + i] - mean;
    squares += centred * centred;
  }
  let scale = inverseSqrt(total(vec2(sum_of(squares), 0.0), local).x / f32(sizes.hidden) + sizes.epsilon);
  for (var i = lane_of(local); i < cells; i += LANES) { normed[start + i] = weight[i] * (x[start + i] - mean) * scale + bias[i]; }
  if (lane_of(local) == 0u) { moments[row] = vec2(mean, scale); }
}

@group(0) @binding(3) var<storage, read> kept_moments: array<vec2<f32>>;
@group(0) @binding(4) var<storage, read> dy: array<Cell>;
@group(0) @binding(5) var<storage, read_write> dx: array<Cell>;
@group(0) @binding(6) var<storage, read_write> d_weight: array<Cell>;
@group(0) @binding(7) var<storage, read_write> d_bias: array<Cell>;

@compute @workgroup_size(64)
fn layer_norm_back(
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
  let mean = kept_moments[row].x;
  let scale = kept_moments[row].y;
  var sum = Cell();
  var products = Cell();
  for (var i = lane_of(local); i < cells; i += LANES) {
    let g = dy[start + i] * weight[i];
    sum += g;
    products += g * (x[start + i] - mean);
  }
  let means = total(vec2(sum_of(sum), sum_of(products) * scale), local) / f32(sizes.hidden);
  for (var i = lane_of(local); i < cells; i += LANES) {
    let at = start + i;
    dx[at] = scale * (dy[at] * weight[i] - means.x - (x[at] - mean) * (scale * means.y));
  }
}

fn column_back(column: u32, local: u32) {
  let cells = sizes.hidden / CELL;
  var of_weight = Cell();
  var of_bias = Cell();
  if (column < cells) {
    for (var row = column_lane_of(local); row < sizes.rows; row += COLUMN_LANES) {
      let gradient = dy[row * cells + column];
      of_weight += gradient * (x[row * cells + column] - kept_moments[row].x) * kept_moments[row].y;
      of_bias += gradient;
    }
  }
  of_weight = column_total(of_weight, local);
  of_bias = column_total(of_bias, local);
  if (column < cells && column_lane_of(local) == 0u) {
    d_weight[column] = of_weight;
    d_bias[column] = of_bias;
  }
}
