// Goes through a group four words at a time, where lines are whole numbers of groups.

@group(0) @binding(6) var<storage, read> words: array<vec4<u32>>;

// Four words, each of four lines.
struct Words {
  one: vec4<u32>,
  two: vec4<u32>,
  three: vec4<u32>,
  four: vec4<u32>,
}

fn words_of(line: u32, place: u32) -> Words {
  let at = (line + vec4(0u, 1u, 2u, 3u)) * (words_per_line() / 4u) + place / 4u;
  let a = words[at.x];
  let b = words[at.y];
  let c = words[at.z];
  let d = words[at.w];
  return Words(vec4(a.x, b.x, c.x, d.x), vec4(a.y, b.y, c.y, d.y), vec4(a.z, b.z, c.z, d.z), vec4(a.w, b.w, c.w, d.w));
}

fn with_words(sums: Sums, row: u32, k: u32, first: Words, second: Words, a: Affine, b: Affine) -> Sums {
  if (BITS == 16u) {
    let half = with_blocks(sums, row, k, block_of_halves(first.one, first.two), block_of_halves(second.one, second.two));
    return with_blocks(half, row, k + 4u, block_of_halves(first.three, first.four), block_of_halves(second.three, second.four));
  }
  let step = 32u / BITS;
  var all = with_word(sums, row, k, first.one, second.one, a, b);
  all = with_word(all, row, k + step, first.two, second.two, a, b);
  all = with_word(all, row, k + 2u * step, first.three, second.three, a, b);
  return with_word(all, row, k + 3u * step, first.four, second.four, a, b);
}

fn with_unit(sums: Sums, row: u32, k: u32, first: u32, second: u32) -> Sums {
  let a = affine_of(first, k);
  let b = affine_of(second, k);
  var all = sums;
  for (var i = k; i < k + UNIT; i += 128u / BITS) {
    let place = i * BITS / 32u;
    all = with_words(all, row, i, words_of(first, place), words_of(second, place), a, b);
  }
  return all;
}
