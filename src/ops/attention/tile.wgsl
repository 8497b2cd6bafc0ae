// Tiles of 32 × 32 scores by 64 threads, each with four rows and four columns, and heads a chunk of 8 parts at a time, so
// that workgroup memory stays below the 16 KiB of every device whatever the size of a head. After shape.wgsl.

const SIDE = 32u;
// Threads along a side, and rows and columns of each.
const THREADS = 8u;
const EACH = 4u;
// Parts of a chunk, as many as threads along a side, and from one staged row to the next: odd, so that threads side by side
// read from different banks.
const CHUNK = 8u;
const PADDED = 9u;

// A chunk of the rows' and of the columns' heads.
var<workgroup> left: array<Part, SIDE * PADDED>;
var<workgroup> right: array<Part, SIDE * PADDED>;
// What the columns weigh in each thread's four rows.
var<workgroup> weights: array<vec4<f32>, SIDE * PADDED>;
var<workgroup> gathered: array<vec4<f32>, THREADS * THREADS>;

// A thread's rows are 4 down to 4 down + 3; its columns across, across + 8, and so on.
var<private> down: u32;
var<private> across: u32;

fn settle(local: u32) {
  down = local / THREADS;
  across = local % THREADS;
}

struct Place {
  head: u32,
  first: u32,
  sequence: u32,
}

// Those of one tile of tokens side by side: they read the same keys.
fn place_of(index: u32, heads: u32) -> Place {
  let tiles = (shape.tokens + SIDE - 1u) / SIDE;
  return Place(index % heads, index / heads % tiles * SIDE, index / heads / tiles);
}

// Rows that lie `stride` parts apart: those from `first` on of a head that begins at part `at`. Beyond the last row it is
// repeated; what comes of that is never seen.
struct Rows {
  first: u32,
  last: u32,
  stride: u32,
  at: u32,
}

// Where the thread's part of a row lies. Beyond the head's last part it is repeated, and not used.
fn part_of(rows: Rows, row: u32, chunk: u32) -> u32 {
  return min(rows.first + row, rows.last) * rows.stride + rows.at + min(chunk * CHUNK + across, PARTS - 1u);
}

fn parts_of(chunk: u32) -> u32 { return min(CHUNK, PARTS - chunk * CHUNK); }

fn stage_left(rows: Rows, chunk: u32) {
  for (var i = 0u; i < EACH; i++) { left[(down + i * THREADS) * PADDED + across] = qkv[part_of(rows, down + i * THREADS, chunk)]; }
}

fn stage_right(rows: Rows, chunk: u32) {
  for (var i = 0u; i < EACH; i++) { right[(down + i * THREADS) * PADDED + across] = qkv[part_of(rows, down + i * THREADS, chunk)]; }
}

// The thread's products of what is staged: four rows of each of its columns.
alias Products = array<vec4<f32>, EACH>;

fn add_products(products: ptr<function, Products>, chunk: u32) {
  let at = down * EACH * PADDED;
  for (var part = 0u; part < parts_of(chunk); part++) {
    let a = left[at + part];
    let b = left[at + PADDED + part];
    let c = left[at + 2u * PADDED + part];
    let d = left[at + 3u * PADDED + part];
    for (var i = 0u; i < EACH; i++) {
      let other = right[(across + i * THREADS) * PADDED + part];
      (*products)[i] += vec4(inner(a, other), inner(b, other), inner(c, other), inner(d, other));
    }
  }
}

// The thread's part of its four rows, one chunk after the other.
alias Sums = array<array<Part, EACH>, CHUNKS>;

// Adds the staged columns as the rows weigh them.
fn add_weighted(sums: ptr<function, array<Part, EACH>>) {
  for (var column = 0u; column < SIDE; column++) {
    let weight = weights[column * PADDED + down];
    let part = right[column * PADDED + across];
    (*sums)[0] += weight.x * part;
    (*sums)[1] += weight.y * part;
    (*sums)[2] += weight.z * part;
    (*sums)[3] += weight.w * part;
  }
}

fn put_weights(column: u32, value: vec4<f32>) { weights[(across + column * THREADS) * PADDED + down] = value; }

// Over the threads of the same rows. Those of a workgroup come here together, and to a barrier before they come again.
fn largest(value: vec4<f32>) -> vec4<f32> {
  gathered[down * THREADS + across] = value;
  workgroupBarrier();
  var result = value;
  for (var i = 0u; i < THREADS; i++) { result = max(result, gathered[down * THREADS + i]); }
  return result;
}

fn sum(value: vec4<f32>) -> vec4<f32> {
  gathered[down * THREADS + across] = value;
  workgroupBarrier();
  var result = vec4<f32>();
  for (var i = 0u; i < THREADS; i++) { result += gathered[down * THREADS + i]; }
  return result;
}

// Which of the thread's rows see a key, or are seen by a query.
fn four_see(first: u32, key: u32) -> vec4<bool> { return vec4(sees(first, key), sees(first + 1u, key), sees(first + 2u, key), sees(first + 3u, key)); }
fn four_seen(query: u32, first: u32) -> vec4<bool> { return vec4(sees(query, first), sees(query, first + 1u), sees(query, first + 2u), sees(query, first + 3u)); }
