// A workgroup is four threads that need the same lines of A: each reads one of four and hands it to the others. A thread's
// place among the four is its place in the workgroup, as it is on the software adapters that there are.

fn lines_of_a(line: u32, place: u32) -> mat4x4<f32> {
  let mine = line_of_a(line + lane, place);
  return mat4x4(quadBroadcast(mine, 0u), quadBroadcast(mine, 1u), quadBroadcast(mine, 2u), quadBroadcast(mine, 3u));
}
