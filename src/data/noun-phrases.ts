/**
 * The noun phrases of captions, as the recipe of LLaVA's CC-595K counts them: there they are spaCy's noun chunks; here an
 * English caption is tagged and cut by a grammar (`noun-phrases-english.ts`), and one in any other language is cut by a
 * rule (`noun-phrases-rule.ts`). Which it is shows in the caption itself, so that there is nothing to set.
 */
import { otherStopWords, stopWords } from './stop-words';
import { phrasesByRule } from './noun-phrases-rule';

/** Gives a caption's noun phrases: lower-cased, without determiners, in their order, with repeats. */
export type PhraseFinder = (caption: string) => string[];

/** So many captions are remembered, since data sets repeat them; then all are forgotten, so that memory stays small. */
const remembered = 10_000;

/** Fetches the tagger at its first call: a megabyte that a page without stage 1 never asks for. */
export async function phraseFinder(): Promise<PhraseFinder> {
  const { phrasesByTags } = await import('./noun-phrases-english');
  const known = new Map<string, string[]>();
  return (caption) => {
    const before = known.get(caption);
    if (before) return before;
    const found = isEnglish(caption) ? phrasesByTags(caption) : phrasesByRule(caption);
    if (known.size === remembered) known.clear();
    known.set(caption, found);
    return found;
  };
}

/**
 * Whether the tagger shall read it: most letters are Latin, and no more stop words are of German, French, Spanish,
 * Italian, Portuguese or Dutch than of English. A caption without any, as `red lily`, passes for English.
 */
export function isEnglish(caption: string): boolean {
  const letters = caption.match(/\p{L}/gu)?.length ?? 0;
  const latin = caption.match(/\p{Script=Latin}/gu)?.length ?? 0;
  if (latin * 2 < letters) return false;
  const words = caption.toLowerCase().split(/[^\p{L}]+/u);
  return words.filter((word) => otherStopWords.has(word)).length <= words.filter((word) => stopWords.has(word)).length;
}
