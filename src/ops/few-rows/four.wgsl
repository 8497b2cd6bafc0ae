// Four rows of x at a time. Those beyond the last are read as they come, and never written.

alias Rows = mat4x4<f32>;
alias PerRow = vec4<f32>;
const ROWS = 4u;

fn rows_of_x(row: u32, k: u32) -> Rows {
  return mat4x4(four_of_x(row, k), four_of_x(row + 1u, k), four_of_x(row + 2u, k), four_of_x(row + 3u, k));
}

fn times(rows: Rows, four: vec4<f32>) -> Rows { return mat4x4(rows[0] * four, rows[1] * four, rows[2] * four, rows[3] * four); }

fn squares_of(rows: Rows) -> PerRow {
  return vec4(dot(rows[0], rows[0]), dot(rows[1], rows[1]), dot(rows[2], rows[2]), dot(rows[3], rows[3]));
}

fn finish_rows(row: u32, column: u32, span: u32, scales: PerRow, first: Rows, second: Rows) {
  finish(row, column, span, first[0] * scales.x, second[0] * scales.x);
  finish(row + 1u, column, span, first[1] * scales.y, second[1] * scales.y);
  finish(row + 2u, column, span, first[2] * scales.z, second[2] * scales.z);
  finish(row + 3u, column, span, first[3] * scales.w, second[3] * scales.w);
}
