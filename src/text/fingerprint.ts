/** Whether two tokenizers cut text into the same tokens, told from a few characters. It tokenises nothing. */
import { hash } from '../random';
import { fieldsOf, vocabularyOf } from './tokenizer-json';

/**
 * A hash of the vocabulary and the merges of `tokenizer.json`, 16 hexadecimal digits. Added tokens are left out: models that
 * descend from the same decoder name images and turns by different ones, and still read text alike.
 */
export function fingerprintOf(tokenizer: unknown): string {
  const { model } = fieldsOf(tokenizer);
  const { merges } = fieldsOf(model);
  const tokens = [...vocabularyOf(fieldsOf(tokenizer))].sort(([, a], [, b]) => a - b).map(([token, id]) => `${id} ${token}`);
  // Older releases write a pair as one string.
  const pairs = Array.isArray(merges) ? (merges as (string | string[])[]).map((pair) => typeof pair === 'string' ? pair : pair.join(' ')) : [];
  const text = [...tokens, '', ...pairs].join('\n');
  return [1, 2].map((seed) => hash(seed, text).toString(16).padStart(8, '0')).join('');
}
