/** Shares over all and by kind of question. */

/** The share, 0..1, of so many items; 0 of none. */
export interface Rate {
  share: number;
  items: number;
}
export interface Rates {
  all: Rate;
  /** Kinds in the order of their names. */
  byKind: Record<string, Rate>;
}

/** How often `holds[i]` is so of items whose kinds are `kinds[i]`. */
export function ratesOf(kinds: readonly string[], holds: readonly boolean[]): Rates {
  const byKind = [...new Set(kinds)].sort().map((kind) => [kind, rateOf(holds.filter((_, i) => kinds[i] === kind))] as const);
  return { all: rateOf(holds), byKind: Object.fromEntries(byKind) };
}

const rateOf = (holds: readonly boolean[]): Rate => ({ share: holds.filter(Boolean).length / Math.max(1, holds.length), items: holds.length });
