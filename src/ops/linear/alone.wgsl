// A thread reads all its lines of A itself.

fn lines_of_a(line: u32, place: u32) -> mat4x4<f32> {
  return mat4x4(line_of_a(line, place), line_of_a(line + 1u, place), line_of_a(line + 2u, place), line_of_a(line + 3u, place));
}
