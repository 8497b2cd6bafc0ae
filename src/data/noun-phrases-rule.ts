/**
 * Noun phrases by rule, for captions that the English tagger cannot read: the runs of words between punctuation and stop
 * words. It parses nothing, so a verb that no stop word parts from its noun stays with it ("schwarzer hund springt"). A run
 * of more than three words is hardly a phrase, and would never be seen twice: each of its words counts instead, as it does
 * in languages whose stop words are not known.
 */
import { otherStopWords, stopWords } from './stop-words';

/** A longer run is no phrase. */
const longest = 3;
/** Finds words where no spaces stand between them, too: by dictionary, as the browser brings it. */
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });
/** French and Italian articles that are written onto their noun. */
const elision = /^(?:l|d|un|qu|all|dall|dell|nell|sull)['’](?=\p{L})/u;
/** What the particles and endings of Japanese are written in; nouns that are written in nothing else are lost. */
const hiragana = /^\p{Script=Hiragana}+$/u;

/** The noun phrases of a caption in whatever language, lower-cased. */
export function phrasesByRule(caption: string): string[] {
  return runsOf(caption.toLowerCase()).flatMap((run) => (run.length > longest ? run.map((word) => word.trim()) : [run.join('').trim()]));
}

/** Runs of words, each with the space that stands before it. */
function runsOf(caption: string): string[][] {
  const runs: string[][] = [[]];
  let space = '';
  for (const { segment, isWordLike } of segmenter.segment(caption)) {
    const word = segment.replace(elision, '');
    if (isWordLike && !isStop(word)) runs.at(-1)?.push(`${space}${word}`);
    else if (segment.trim() !== '') runs.push([]);
    space = segment.trim() === '' ? ' ' : '';
  }
  return runs.filter((run) => run.length > 0);
}

function isStop(word: string): boolean {
  return stopWords.has(word) || otherStopWords.has(word) || hiragana.test(word);
}
