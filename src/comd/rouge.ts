/**
 * ROUGE-L (Lin 2004) between two short texts: how much of one is, in order, in the other. Sentence level only.
 */

/** F1 over the longest common subsequence of two token lists, in 0..1; 0 when either is empty. */
export function rougeL(candidate: readonly string[], reference: readonly string[]): number {
  const total = candidate.length + reference.length;
  return candidate.length === 0 || reference.length === 0 ? 0 : (2 * lcsLength(candidate, reference)) / total;
}

/** Length of the longest common subsequence, by one rolling row of the usual table. */
function lcsLength(a: readonly string[], b: readonly string[]): number {
  const row = new Uint16Array(b.length + 1);
  for (const token of a) {
    let diagonal = 0;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] as number;
      row[j] = token === b[j - 1] ? diagonal + 1 : Math.max(above, row[j - 1] as number);
      diagonal = above;
    }
  }
  return row[b.length] as number;
}
