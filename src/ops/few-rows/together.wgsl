// A workgroup has 32 columns of W, eight to each of its four teams, whose 16 members take units of k in turn. Neighbours are of
// different teams: they read rows of W side by side, and the same of x. Sums meet always in the same order.

const TEAMS = 4u;
const MEMBERS = 16u;
const SPAN = TEAMS * 4u;

var<workgroup> parts: array<Sums, TEAMS * MEMBERS>;

@compute @workgroup_size(64)
fn together(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let member = thread / TEAMS;
  let row = group.x * ROWS;
  let first = first_column(group.y, SPAN) + thread % TEAMS * 4u;
  let second = second_column(first, SPAN);
  var sums = Sums();
  for (var k = member * UNIT; k < sizes.k; k += MEMBERS * UNIT) { sums = with_unit(sums, row, k, first, second); }
  parts[thread] = sums;
  for (var apart = MEMBERS / 2u; apart > 0u; apart /= 2u) {
    workgroupBarrier();
    if (member < apart) { parts[thread] = both(parts[thread], parts[thread + apart * TEAMS]); }
  }
  if (member == 0u) { finish_sums(row, first, SPAN, parts[thread]); }
}
