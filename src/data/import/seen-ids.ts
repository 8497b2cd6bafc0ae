/**
 * The ids that have come by, as 64 bits each: a million ids of any length take 16 MB. Two ids that differ are taken for the same
 * about once in thirty million files of a million rows.
 */
export class SeenIds {
  /** Pairs of words by open addressing; 0, 0 is a free place. */
  #table = new Uint32Array(2 ** 11);
  #count = 0;

  /** Whether the id is new; it is known from then on. */
  add(id: string): boolean {
    const [low, high] = words(id);
    const at = place(this.#table, low, high);
    if (this.#table[at] === low && this.#table[at + 1] === high) return false;
    this.#table[at] = low;
    this.#table[at + 1] = high;
    this.#count++;
    if (this.#count * 4 > this.#table.length) this.#grow();
    return true;
  }

  /** Whether the id has come by. */
  has(id: string): boolean {
    const at = place(this.#table, ...words(id));
    return this.#table[at] !== 0 || this.#table[at + 1] !== 0;
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Uint32Array(old.length * 2);
    for (let i = 0; i < old.length; i += 2) {
      const [low, high] = [old[i] as number, old[i + 1] as number];
      if (low === 0 && high === 0) continue;
      this.#table.set([low, high], place(this.#table, low, high));
    }
  }
}

/** Where a pair stands, or the free place that it would take. */
function place(table: Uint32Array, low: number, high: number): number {
  let at = (low * 2) & (table.length - 1);
  while ((table[at] !== 0 || table[at + 1] !== 0) && (table[at] !== low || table[at + 1] !== high)) at = (at + 2) & (table.length - 1);
  return at;
}

/** Two hashes by different multipliers, each stirred by the other at the end; never 0, 0. */
function words(text: string): [low: number, high: number] {
  let [one, two] = [0x9e3779b9, 0x7f4a7c15];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    one = Math.imul(one ^ unit, 0x85ebca6b);
    one ^= one >>> 15;
    two = Math.imul(two ^ unit, 0xc2b2ae35);
    two ^= two >>> 13;
  }
  const low = stir(one ^ Math.imul(two, 0x27d4eb2f));
  const high = stir(two ^ Math.imul(low, 0x165667b1));
  return low === 0 && high === 0 ? [1, 0] : [low, high];
}

function stir(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x7feb352d);
  h ^= h >>> 15;
  h = Math.imul(h, 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}
