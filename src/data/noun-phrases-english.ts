/**
 * Noun phrases of English captions: wink-nlp tags the words, and a grammar over the tags cuts them. Import it lazily: the
 * tagger's model is 3.8 MB (1 MB compressed). It needs neither a DOM nor a network, and gives the same for the same caption.
 *
 * Why wink-nlp 2.4 with wink-eng-lite-web-model 1.8, and not compromise 14.17: both are MIT, have no native parts and are
 * kept up; compromise is an eighth of the size and released more often. But it is nine times slower on captions (2000 in
 * 0.8 s against 0.09 s) and reads them worse: `fence` in "over the wooden fence" and `left` in "at the top left" become
 * verbs, `riding` in "a man riding a wave" a noun. wink also gives the universal tags, which are spaCy's.
 *
 * How the phrases differ from spaCy's noun chunks, which are cut from a parse: determiners are left out, so that `a dog`
 * and `the dog` are one phrase; pronouns and bare numbers are none; adjectives joined by commas or `and` stay behind but for
 * the last ("a big and red dog": `red dog`); and a participle belongs to a phrase only after a determiner or an adjective
 * ("a parked car", but in "shoes running" or "Running shoes" the verb stays out).
 */
import model from 'wink-eng-lite-web-model';
import wink, { type PartOfSpeech } from 'wink-nlp';

const nlp = wink(model, ['sbd', 'pos']);
const { its } = nlp;

interface Word {
  text: string;
  /** Whether a space stands before it. */
  spaced: boolean;
  /** One letter of {@link phrase}'s alphabet. */
  letter: string;
}

/**
 * A phrase in letters, one a word: D determiner, A adjective or number, R adverb, V participle, N noun, P the possessive
 * `'s`, x anything else. It is nouns with what stands before them, and further nouns that these own.
 */
const phrase = /(?:A|R(?=[AV])|(?<=[DAR])V(?=[ARVN]))*N+(?:P(?:A|R(?=[AV])|V(?=[ARVN]))*N+)*/g;

/** The noun phrases of an English caption, lower-cased. */
export function phrasesByTags(caption: string): string[] {
  const words = joinHyphens(tag(caption));
  return [...words.map(({ letter }) => letter).join('').matchAll(phrase)].map(({ 0: { length }, index }) =>
    words.slice(index, index + length).map(({ text, spaced }, i) => (i > 0 && spaced ? ` ${text}` : text)).join('').toLowerCase());
}

function tag(caption: string): Word[] {
  const tokens = nlp.readDoc(caption).tokens();
  const spaces = tokens.out(its.precedingSpaces);
  const parts = tokens.out(its.pos) as PartOfSpeech[];
  return tokens.out(its.value).map((text, i) => ({ text, spaced: spaces[i] !== '', letter: letterOf(parts[i] as PartOfSpeech, text) }));
}

function letterOf(part: PartOfSpeech, text: string): string {
  switch (part) {
    case 'NOUN': case 'PROPN': return 'N';
    case 'ADJ': case 'NUM': return 'A';
    case 'ADV': return 'R';
    case 'DET': return 'D';
    case 'PRON': return /^(my|your|his|her|its|our|their)$/i.test(text) ? 'D' : 'x';
    case 'PART': return /^['’]s?$/i.test(text) ? 'P' : 'x';
    case 'VERB': return /(ing|ed|en)$/i.test(text) ? 'V' : 'x';
    default: return 'x';
  }
}

/** The tagger reads `snow-covered` as three words; here it is one, a noun where its last part is and else an adjective. */
function joinHyphens(words: readonly Word[]): Word[] {
  const joined: Word[] = [];
  for (let i = 0; i < words.length; i++) {
    const [hyphen, next, before] = [words[i] as Word, words[i + 1], joined.at(-1)];
    if (hyphen.text === '-' && !hyphen.spaced && next && !next.spaced && before && /\w$/.test(before.text)) {
      joined[joined.length - 1] = { ...before, text: `${before.text}-${next.text}`, letter: next.letter === 'N' ? 'N' : 'A' };
      i++;
    } else joined.push(hyphen);
  }
  return joined;
}
