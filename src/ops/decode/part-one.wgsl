// Heads whose size is no multiple of four are read number by number.

alias Part = f32;

fn inner(a: Part, b: Part) -> f32 {
  return a * b;
}
