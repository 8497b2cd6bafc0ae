// Heads whose numbers are read four at a time.

alias Part = vec4f;

fn inner(a: Part, b: Part) -> f32 {
  return dot(a, b);
}
