// Products by tiles of 64×64: a workgroup of 128 threads brings 16 numbers of k at a time into its memory, of 64 rows and of 64
// columns, and each thread has four rows and two blocks of columns of the product.

const SPAN = 32u;
// Numbers of k in a tile.
const DEPTH = 16u;
// Fours of a line of a tile, and one more, so that what threads write beside one another falls into different banks.
const LINE = 17u;

// By k, then row or column.
var<workgroup> tile_a: array<vec4<f32>, DEPTH * LINE>;
var<workgroup> tile_b: array<vec4<f32>, DEPTH * LINE>;

// A block of A or B, four numbers of k, and where it goes.
struct Block {
  of_a: bool,
  k: u32,
  four: u32,
}

// One half of the threads brings A and the other B; neighbours read along lines.
fn block_of(thread: u32) -> Block {
  let of_a = thread < 64u;
  let t = thread % 64u;
  if (select(!B_TRANSPOSED, A_TRANSPOSED, of_a)) { return Block(of_a, t / 16u * 4u, t % 16u); }
  return Block(of_a, t % 4u * 4u, t / 4u);
}

fn fetch(block: Block, k: u32, row: u32, column: u32) -> mat4x4<f32> {
  if (k + block.k >= sizes.k) { return mat4x4<f32>(); }
  if (block.of_a) { return transpose(block_of_a(row + block.four * 4u, k + block.k)); }
  let within = column + block.four % 8u * 4u;
  return block_of_b(k + block.k, select(within, second_column(within, SPAN), block.four >= 8u));
}

fn keep(block: Block, lines: mat4x4<f32>) {
  for (var i = 0u; i < 4u; i++) {
    let at = (block.k + i) * LINE + block.four;
    if (block.of_a) { tile_a[at] = lines[i]; } else { tile_b[at] = lines[i]; }
  }
}

// Four rows of the product of four numbers of a column and four of a row.
fn outer(column: vec4<f32>, row: vec4<f32>) -> mat4x4<f32> {
  return mat4x4(row * column.x, row * column.y, row * column.z, row * column.w);
}

@compute @workgroup_size(128)
fn tiles(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let row = group.y * 64u;
  let column = first_column(group.x, SPAN);
  let block = block_of(thread);
  let x = thread % 8u;
  let y = thread / 8u;
  var first = mat4x4<f32>();
  var second = mat4x4<f32>();
  var next = fetch(block, 0u, row, column);
  for (var k = 0u; k < sizes.k; k += DEPTH) {
    workgroupBarrier();
    keep(block, next);
    workgroupBarrier();
    // Is on its way while this tile is worked on.
    next = fetch(block, k + DEPTH, row, column);
    for (var line = 0u; line < DEPTH * LINE; line += LINE) {
      let of_a = tile_a[line + y];
      first += outer(of_a, tile_b[line + x]);
      second += outer(of_a, tile_b[line + 8u + x]);
    }
  }
  for (var i = 0u; i < 4u; i++) { finish(row + y * 4u + i, column + x * 4u, SPAN, first[i], second[i]); }
}
