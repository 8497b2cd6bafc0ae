// Goes through a group word by word: for lines of any length, and for software adapters, which gain nothing by longer loads.

@group(0) @binding(6) var<storage, read> words: array<u32>;

// Of four lines. Beyond the end of a line its last word is repeated.
fn word(line: u32, place: u32) -> vec4<u32> {
  let at = (line + vec4(0u, 1u, 2u, 3u)) * words_per_line() + min(place, words_per_line() - 1u);
  return vec4(words[at.x], words[at.y], words[at.z], words[at.w]);
}

fn with_unit(sums: Sums, row: u32, k: u32, first: u32, second: u32) -> Sums {
  let a = affine_of(first, k);
  let b = affine_of(second, k);
  let end = min(k + UNIT, sizes.k);
  var all = sums;
  for (var i = k; i < end; i += max(32u / BITS, 4u)) {
    let place = i * BITS / 32u;
    if (BITS == 16u) {
      let left = block_of_halves(word(first, place), word(first, place + 1u));
      all = with_blocks(all, row, i, left, block_of_halves(word(second, place), word(second, place + 1u)));
    } else {
      all = with_word(all, row, i, word(first, place), word(second, place), a, b);
    }
  }
  return all;
}
