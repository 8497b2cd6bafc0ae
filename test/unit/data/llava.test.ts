/** LLaVA's record format. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConversation, toLlava } from '../../../src/data/llava';

const text = fc.stringMatching(/^[a-z?.,]+( [a-z?.,]+){0,5}$/);
const record = fc.record({
  id: fc.uuid(), image: fc.oneof(fc.constant(''), fc.stringMatching(/^[a-z]{1,8}$/)), instruction: text, answer: text,
  source: fc.constant('dataset' as const), iteration: fc.constant(0),
});

const good = { id: 'a', image: 'cat.png', conversations: [{ from: 'human', value: '<image>\nwhat is it' }, { from: 'gpt', value: 'a cat' }] };

describe('LLaVA records', () => {
  it('come back as they went out', () => {
    fc.assert(fc.property(record, (given) => {
      const { id, image, instruction, answer } = given;
      expect(readConversation(toLlava(given)).row).toEqual({ id, image, exchanges: [{ instruction, answer }], ignored: [] });
    }));
  });

  it('name the file of their image and hold its place in the question', () => {
    const { row } = readConversation(good);
    expect(row).toMatchObject({ image: 'cat.png', exchanges: [{ instruction: 'what is it', answer: 'a cat' }] });
    const written = toLlava({ id: 'a', image: 'cat.png', instruction: 'what is it', answer: 'a cat', source: 'dataset', iteration: 0 }, (image) => `images/${image}`);
    expect(written).toEqual({ ...good, image: 'images/cat.png' });
  });

  it.each([
    ['an answer by nobody', { ...good, conversations: [good.conversations[0], { from: 'bard', value: 'x' }] }, 'conversations[1].from'],
    ['only a question', { ...good, conversations: [good.conversations[0]] }, 'conversations[1]'],
    ['an empty answer', { ...good, conversations: [good.conversations[0], { from: 'gpt', value: ' ' }] }, 'conversations[1].value'],
    ['a place for an image that there is not', { ...good, image: undefined }, 'image'],
  ])('are at fault with %s, by field', (_, row, field) => {
    expect(readConversation(row).fault?.field).toBe(field);
  });

  it('may hold several questions', () => {
    expect(readConversation({ ...good, conversations: [...good.conversations, ...good.conversations] }).row?.exchanges).toHaveLength(2);
  });
});
