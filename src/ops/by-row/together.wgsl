// A workgroup has a row, whose cells its threads take in turn; or four columns of cells, whose rows they take in turn. Partial
// results meet in memory that they share, always in the same order. After one.wgsl or four.wgsl.

const LANES = 64u;
fn row_of(group: u32, local: u32) -> u32 { return group; }
fn lane_of(local: u32) -> u32 { return local; }

var<workgroup> parts: array<vec2<f32>, 64>;

// To be called by all threads, as are the two below.
fn total(part: vec2<f32>, local: u32) -> vec2<f32> {
  parts[local] = part;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) { parts[local] += parts[local + half]; }
  }
  workgroupBarrier();
  let sum = parts[0];
  workgroupBarrier();
  return sum;
}

fn largest(part: f32, local: u32) -> f32 {
  parts[local].x = part;
  for (var half = 32u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) { parts[local].x = max(parts[local].x, parts[local + half].x); }
  }
  workgroupBarrier();
  let top = parts[0].x;
  workgroupBarrier();
  return top;
}

const COLUMNS = 4u;
const COLUMN_LANES = 16u;
fn column_of(group: u32, local: u32) -> u32 { return group * COLUMNS + local % COLUMNS; }
fn column_lane_of(local: u32) -> u32 { return local / COLUMNS; }

var<workgroup> column_parts: array<Cell, 64>;

fn column_total(part: Cell, local: u32) -> Cell {
  column_parts[local] = part;
  for (var half = 32u; half >= COLUMNS; half /= 2u) {
    workgroupBarrier();
    if (local < half) { column_parts[local] += column_parts[local + half]; }
  }
  workgroupBarrier();
  let sum = column_parts[local % COLUMNS];
  workgroupBarrier();
  return sum;
}
