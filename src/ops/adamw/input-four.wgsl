// One of the tensors that are gathered, a whole number of fours. NUMBER stands for which one.
@group(0) @binding(NUMBER + 3) var<storage, read> input_NUMBER: array<vec4<f32>>;

fn cell_NUMBER(cell: u32) -> vec4<f32> { return input_NUMBER[cell]; }
