/**
 * Stage 0: the noun-phrase frequency filter that made LLaVA's CC-595K. It keeps captions that cover many things without
 * letting the commonest crowd out the rest. The noun phrases come from a rule, not a tagger.
 */
import { shuffled, stream } from '../random';
import type { Pair } from './types';

/** A phrase seen less often than this is left out; one seen more often than `most` counts by a random `most` captions. */
const least = 3;
const most = 100;

/** The pairs that hold a noun phrase of the right frequency, in their old order. */
export function filterPairs(pairs: readonly Pair[], seed: number): Pair[] {
  const kept = new Set<number>();
  for (const { phrase, captions } of byFrequency(pairs)) {
    if (captions.length < least) continue;
    const chosen = captions.length > most ? shuffled(captions, stream(seed, 'pair filter', phrase)).slice(0, most) : captions;
    for (const index of chosen) kept.add(index);
  }
  return pairs.filter((_, index) => kept.has(index));
}

/** Every noun phrase with the indices of the captions that hold it, from the rarest upward. */
function byFrequency(pairs: readonly Pair[]): { phrase: string; captions: number[] }[] {
  const captions = new Map<string, number[]>();
  pairs.forEach((pair, index) => {
    for (const phrase of new Set(nounPhrases(pair.caption))) {
      const known = captions.get(phrase);
      if (known) known.push(index);
      else captions.set(phrase, [index]);
    }
  });
  return [...captions].map(([phrase, indices]) => ({ phrase, captions: indices })).sort((a, b) => a.captions.length - b.captions.length);
}

const breaks = new Set((
  'a an the this that these those some any each every its his her their my your our it he she they i you we '
  + 'is are was were be been being am has have had having do does did can could will would may might must shall should '
  + 'of in on at by to from with without for about above below under over between behind beside near next into onto out '
  + 'up down off through across against along around as than and or but nor so not no there here who which what where when how'
).split(' '));

/** Noun phrases by rule: the longest runs of words between punctuation and words that are no part of one. */
export function nounPhrases(caption: string): string[] {
  return caption.toLowerCase().split(/[^\p{L}\p{N}\s'-]+/u).flatMap((clause) => {
    const runs: string[][] = [[]];
    for (const word of clause.split(/\s+/)) {
      if (word === '' || breaks.has(word)) runs.push([]);
      else runs.at(-1)?.push(word);
    }
    return runs.filter((run) => run.length > 0).map((run) => run.join(' '));
  });
}
