/** LLaVA's record format. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportPool, parseLlava, toLlava } from '../../../src/data/llava';
import { ComdError } from '../../../src/errors';

const text = fc.stringMatching(/^[a-z?.,]+( [a-z?.,]+){0,5}$/);
const record = fc.record({
  id: fc.uuid(), image: fc.oneof(fc.constant(''), fc.stringMatching(/^[a-z]{1,8}$/)), instruction: text, answer: text,
  source: fc.constant('dataset' as const), iteration: fc.constant(0),
});
const records = fc.uniqueArray(record, { selector: ({ id }) => id });

const good = { id: 'a', image: 'cat.png', conversations: [{ from: 'human', value: '<image>\nwhat is it' }, { from: 'gpt', value: 'a cat' }] };

describe('LLaVA records', () => {
  it('come back as they went out', () => {
    fc.assert(fc.property(records, (given) => {
      expect(parseLlava('pool.json', exportPool(given))).toEqual(given);
    }));
  });

  it('name the file of their image and hold its place in the question', () => {
    const [parsed] = parseLlava('pool.json', JSON.stringify([good]));
    expect(parsed).toMatchObject({ image: 'cat.png', instruction: 'what is it', answer: 'a cat' });
    expect(toLlava(parsed as NonNullable<typeof parsed>, (image) => `images/${image}`)).toEqual({ ...good, image: 'images/cat.png' });
  });

  it.each([
    ['no id', { ...good, id: undefined }, 'id'],
    ['an answer by nobody', { ...good, conversations: [good.conversations[0], { from: 'bard', value: 'x' }] }, 'conversations.1.from'],
    ['only a question', { ...good, conversations: [good.conversations[0]] }, 'conversations'],
    ['an empty answer', { ...good, conversations: [good.conversations[0], { from: 'gpt', value: ' ' }] }, 'empty'],
    ['an id used before', { ...good }, 'used above'],
    ['a number for a row', 7, 'row'],
  ])('refuse %s, naming file and row', (_, row, what) => {
    const read = () => parseLlava('pool.json', JSON.stringify([good, row]));
    expect(read).toThrow(ComdError);
    expect(read).toThrow(/Row 2 of "pool.json"/);
    expect(read).toThrow(what);
  });

  it.each(['{', '{"id": "a"}'])('refuse a file that is no JSON list: %s', (content) => {
    expect(() => parseLlava('pool.json', content)).toThrow(expect.objectContaining({ code: 'data/malformed-record' }));
  });
});
