/**
 * Words as the filters and the scores count them: lowercase runs of letters and digits. It is no model's tokenizer.
 */

/** The lowercase word tokens of `text`, in order; punctuation separates and is dropped. */
export function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
