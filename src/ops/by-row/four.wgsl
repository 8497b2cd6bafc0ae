// Numbers are loaded four at a time.
alias Cell = vec4<f32>;
const CELL = 4u;
fn sum_of(cell: Cell) -> f32 { return (cell.x + cell.y) + (cell.z + cell.w); }
fn largest_of(cell: Cell) -> f32 { return max(max(cell.x, cell.y), max(cell.z, cell.w)); }
fn number_of(cell: Cell, place: u32) -> f32 { return cell[place]; }
// 1 where the number at `place` lies in a cell that begins at `first`, 0 elsewhere.
fn one_at(first: u32, place: u32) -> Cell { return select(vec4(0.0), vec4(1.0), first + vec4(0u, 1u, 2u, 3u) == vec4(place)); }
