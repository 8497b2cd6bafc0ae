// Heads of a multiple of four numbers are read four at a time.
alias Part = vec4<f32>;
fn inner(a: Part, b: Part) -> f32 { return dot(a, b); }
