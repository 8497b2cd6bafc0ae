// After by-row/.

// Beyond 80 it is 0 or 1 to a float, and an exponential would overflow soon after.
fn sigmoid(x: Cell) -> Cell {
  return 1.0 / (1.0 + exp(clamp(-x, Cell(-80.0), Cell(80.0))));
}
