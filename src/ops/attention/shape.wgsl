// Where queries, keys and values lie, and which query sees which key. After vectors.wgsl or scalars.wgsl and the constants
// PARTS, the parts of a head.

struct Shape {
  batch: u32,
  tokens: u32,
  heads: u32,
  kv_heads: u32,
  // How many tokens before itself and after itself a query sees.
  back: u32,
  ahead: u32,
  // 1 where sequences have lengths of their own.
  has_lengths: u32,
}

@group(0) @binding(0) var<uniform> shape: Shape;
// [batch · tokens, heads + 2 kv_heads, PARTS]: queries, keys, values.
@group(0) @binding(1) var<storage, read> qkv: array<Part>;
// [batch]; not read where there are none.
@group(0) @binding(2) var<storage, read> lengths: array<u32>;

override SCALE: f32;

// Below any score, and far enough that its exponential is zero; infinity is not to be relied on in a shader.
const LOWEST = -1e30;

// From one row to the next, in parts.
fn row_of_qkv() -> u32 { return (shape.heads + 2u * shape.kv_heads) * PARTS; }
fn row_of_mixed() -> u32 { return shape.heads * PARTS; }

// Where in a row a head's query, key and value begin. Query heads share key heads in groups.
fn query_of(head: u32) -> u32 { return head * PARTS; }
fn key_of(kv_head: u32) -> u32 { return (shape.heads + kv_head) * PARTS; }
fn value_of(kv_head: u32) -> u32 { return (shape.heads + shape.kv_heads + kv_head) * PARTS; }
fn heads_per_key() -> u32 { return shape.heads / shape.kv_heads; }

// Tokens of a sequence that are not padding.
fn length_of(sequence: u32) -> u32 {
  if (shape.has_lengths == 0u) { return shape.tokens; }
  return min(lengths[sequence], shape.tokens);
}

fn sees(query: u32, key: u32) -> bool { return key + shape.back >= query && key <= query + shape.ahead; }

// The first token that one at `first` sees `reach` tokens before it.
fn begin(first: u32, reach: u32) -> u32 { return first - min(first, reach); }
