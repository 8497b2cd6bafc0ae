// Activations and their slopes, number by number. After by-row/ and sigmoid.wgsl. Which one is fixed when the pipeline is made.

// 0: x·Φ(x); 1: x·sigmoid(1.702 x); 2: the same with tanh, x·sigmoid(2√(2/π)·(x + 0.044715 x³)); 3: max(x, 0).
override KIND: u32;

@group(0) @binding(0) var<uniform> cells: u32;
@group(0) @binding(1) var<storage, read> x: array<Cell>;
@group(0) @binding(2) var<storage, read_write> result: array<Cell>;

@compute @workgroup_size(64)
fn activate(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let i = (group.y * groups.x + group.x) * 64u + local;
  if (i < cells) { result[i] = value(x[i]); }
}

@group(0) @binding(3) var<storage, read> dy: array<Cell>;

@compute @workgroup_size(64)
fn activate_back(
  @builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32,
) {
  let i = (group.y * groups.x + group.x) * 64u + local;
  if (i < cells) { result[i] = dy[i] * slope(x[i]); }
}

fn value(x: Cell) -> Cell {
  switch KIND {
    case 0u: { return x * normal(x); }
    case 1u: { return x * sigmoid(1.702 * x); }
    case 2u: { return x * sigmoid(TANH * x * (1.0 + 0.044715 * x * x)); }
    default: { return max(x, Cell()); }
  }
}

fn slope(x: Cell) -> Cell {
  switch KIND {
    // Φ′ is the normal density.
    case 0u: { return normal(x) + x * 0.3989422804 * exp(max(-0.5 * x * x, Cell(-80.0))); }
    case 1u: {
      let s = sigmoid(1.702 * x);
      return s + 1.702 * x * s * (1.0 - s);
    }
    case 2u: {
      let s = sigmoid(TANH * x * (1.0 + 0.044715 * x * x));
      return s + x * s * (1.0 - s) * TANH * (1.0 + 0.134145 * x * x);
    }
    default: { return select(Cell(), Cell(1.0), x > Cell()); }
  }
}

// 2√(2/π)
const TANH = 1.5957691216;

// Φ(x) = (1 + erf(x/√2))/2 by Abramowitz and Stegun 7.1.26, which is off by less than 1.5e-7.
fn normal(x: Cell) -> Cell {
  let z = abs(x) * 0.7071067812;
  let t = 1.0 / (1.0 + 0.3275911 * z);
  let tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * exp(max(-z * z, Cell(-80.0)));
  return select(0.5 * tail, 1.0 - 0.5 * tail, x > Cell());
}
