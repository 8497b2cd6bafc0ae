/**
 * Stage 0: the noun-phrase frequency filter that made LLaVA's CC-595K. It keeps captions that cover many things without
 * letting the commonest crowd out the rest. The recipe goes from the rarest phrase upward; since what it keeps is a union,
 * the order changes nothing. What a noun phrase is, `noun-phrases.ts` says.
 */
import { shuffled, stream } from '../random';
import { phraseFinder } from './noun-phrases';
import type { Pair } from './types';

/** A phrase seen less often than this is left out; one seen more often than `most` counts by a random `most` captions. */
const least = 3;
const most = 100;
/** So many captions are read, a tenth of a second or so, before others of the thread have their turn. */
const atOnce = 2000;

/** The pairs that hold a noun phrase of the right frequency, in their old order. */
export async function filterPairs(pairs: readonly Pair[], seed: number): Promise<Pair[]> {
  if (pairs.length === 0) return [];
  const kept = new Set<number>();
  for (const [phrase, captions] of await captionsByPhrase(pairs)) {
    if (captions.length < least) continue;
    const chosen = captions.length > most ? shuffled(captions, stream(seed, 'pair filter', phrase)).slice(0, most) : captions;
    for (const index of chosen) kept.add(index);
  }
  return pairs.filter((_, index) => kept.has(index));
}

/** Every noun phrase with the indices of the captions that hold it. */
async function captionsByPhrase(pairs: readonly Pair[]): Promise<Map<string, number[]>> {
  const phrasesOf = await phraseFinder();
  const captions = new Map<string, number[]>();
  for (const [index, { caption }] of pairs.entries()) {
    for (const phrase of new Set(phrasesOf(caption))) {
      const known = captions.get(phrase);
      if (known) known.push(index);
      else captions.set(phrase, [index]);
    }
    if (index % atOnce === atOnce - 1) await new Promise((resolve) => setTimeout(resolve));
  }
  return captions;
}
