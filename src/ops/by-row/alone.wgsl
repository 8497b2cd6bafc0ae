// Every thread has a row, or a column of cells, to itself, and nobody waits. After one.wgsl or four.wgsl.

const LANES = 1u;
fn row_of(group: u32, local: u32) -> u32 { return group * 64u + local; }
fn lane_of(local: u32) -> u32 { return 0u; }
fn total(part: vec2<f32>, local: u32) -> vec2<f32> { return part; }
fn largest(part: f32, local: u32) -> f32 { return part; }

const COLUMN_LANES = 1u;
fn column_of(group: u32, local: u32) -> u32 { return group * 64u + local; }
fn column_lane_of(local: u32) -> u32 { return 0u; }
fn column_total(part: Cell, local: u32) -> Cell { return part; }
