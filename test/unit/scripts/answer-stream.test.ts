import { beforeEach, describe, expect, test } from 'vitest';
import { AnswerStream } from '../../../scripts/answer-stream';

let written = '';
const screen = { isTTY: true, write: (text: string) => { written += text; } };

beforeEach(() => {
  written = '';
  screen.isTTY = true;
});

function streamed(growing: string[], whole: string, late: string[] = []): string {
  const stream = new AnswerStream(screen);
  for (const text of growing) stream.tell(text);
  stream.end(whole);
  for (const text of late) stream.tell(text);
  return written;
}

describe('an answer on a terminal', () => {
  test('grows by what is new and ends with its line', () => {
    expect(streamed(['a', 'a red', 'a red hat'], 'a red hat.')).toBe('a red hat.\n');
  });

  test('holds a character back until all its pieces are there', () => {
    const stream = new AnswerStream(screen);
    stream.tell('a \uFFFD\uFFFD');
    expect(written).toBe('a ');
    stream.tell('a 🦉');
    expect(written).toBe('a 🦉');
  });

  test('is written again, whole, where its beginning has changed', () => {
    expect(streamed(['a', 'the'], 'the hat')).toBe('a\nthe hat\n');
  });

  test('is not touched by words that come after its end', () => {
    expect(streamed(['a'], 'a hat', ['a h', 'a hat'])).toBe('a hat\n');
  });
});

test('an answer in a log comes once and whole', () => {
  screen.isTTY = false;
  expect(streamed(['a', 'a red'], 'a red hat')).toBe('a red hat\n');
});
