// Brings what lies in this range of the flat buffer of one of the tensors. Returns this lane's sum of squares.
fn take_NUMBER(first: u32, end: u32, local: u32) -> f32 {
  let input = gathering.inputs[NUMBER];
  var squares = vec4<f32>();
  for (var i = max(first, input.cell) + lane_of(local); i < min(end, input.cell + (input.size + 3u) / 4u); i += LANES) {
    let gathered = put(i, cell_NUMBER(i - input.cell));
    squares += gathered * gathered;
  }
  return sum_of(squares);
}
