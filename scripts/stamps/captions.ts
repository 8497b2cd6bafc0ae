/** What the text file beside a stamp says. Its first line is English; the others, `de.utf8=…`, are other languages. */

/** A name longer than this, article included, is a sentence. */
const longestName = 4;

/** The English caption, or null where the file has none. */
export function captionOf(text: string): string | null {
  const first = (text.replace(/^\uFEFF/, '').split('\n')[0] ?? '').trim();
  return first === '' || /^[a-z]{2,3}([_@][\w@]+)?\.utf8=/.test(first) ? null : first.replace(/\s+/g, ' ');
}

/**
 * What is shown, where the caption is but a noun phrase with its article: `an owl` for "An owl.", `a baby sheep` for "A
 * baby sheep (a lamb)." Null for sentences, exclamations ("Say cheese!") and what has no article.
 */
export function nameOf(caption: string): string | null {
  const phrase = caption.toLowerCase().replace(/\s*\([^)]*\)/g, '').replace(/[.!]$/, '').trim();
  const words = phrase.split(' ');
  return /^(an?|the|some) [a-z' -]+$/.test(phrase) && words.length <= longestName ? phrase : null;
}
