// One row of x at a time.

alias Rows = vec4<f32>;
alias PerRow = f32;
const ROWS = 1u;

fn rows_of_x(row: u32, k: u32) -> Rows { return four_of_x(row, k); }
fn times(rows: Rows, four: vec4<f32>) -> Rows { return rows * four; }
fn squares_of(rows: Rows) -> PerRow { return dot(rows, rows); }

fn finish_rows(row: u32, column: u32, span: u32, scales: PerRow, first: Rows, second: Rows) {
  finish(row, column, span, first * scales, second * scales);
}
