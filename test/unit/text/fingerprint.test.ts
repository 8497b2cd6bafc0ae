import { expect, test } from 'vitest';
import { fingerprintOf } from '../../../src/text/fingerprint';

const bpe = { model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: [['a', 'b']] }, added_tokens: [{ id: 3, content: '<image>' }] };

test('is the same for the same vocabulary and merges, however they are written and whatever tokens were added', () => {
  const other = { model: { merges: ['a b'], vocab: { ab: 2, b: 1, a: 0 }, type: 'BPE' }, added_tokens: [{ id: 3, content: '<picture>' }] };
  expect(fingerprintOf(other)).toBe(fingerprintOf(bpe));
  expect(fingerprintOf(bpe)).toMatch(/^[0-9a-f]{16}$/);
});

test.each([
  ['a token more', { ...bpe.model, vocab: { ...bpe.model.vocab, c: 3 } }],
  ['ids in another order', { ...bpe.model, vocab: { a: 1, b: 0, ab: 2 } }],
  ['other merges', { ...bpe.model, merges: [] }],
])('is another with %s', (_, model) => {
  expect(fingerprintOf({ ...bpe, model })).not.toBe(fingerprintOf(bpe));
});

test('is had of Unigram, which lists its tokens with scores', () => {
  const unigram = (vocab: [string, number][]): string => fingerprintOf({ model: { type: 'Unigram', vocab } });
  expect(unigram([['a', -1], ['b', -2]])).toBe(unigram([['a', -1], ['b', -2]]));
  expect(unigram([['a', -1], ['b', -2]])).not.toBe(unigram([['b', -2], ['a', -1]]));
});
