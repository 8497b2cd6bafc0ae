// Heads of any other size are read number by number.
alias Part = f32;
fn inner(a: Part, b: Part) -> f32 { return a * b; }
