// One of the tensors that are gathered, no whole number of fours: zeros follow it. NUMBER stands for which one.
@group(0) @binding(NUMBER + 3) var<storage, read> input_NUMBER: array<f32>;

fn cell_NUMBER(cell: u32) -> vec4<f32> {
  var numbers = vec4<f32>();
  for (var k = 0u; k < min(4u, gathering.inputs[NUMBER].size - 4u * cell); k++) { numbers[k] = input_NUMBER[4u * cell + k]; }
  return numbers;
}
