import { expect, test } from 'vitest';
import { StageLine } from '../../../scripts/stage-line';

function lineOn(isTTY: boolean) {
  const written: string[] = [];
  let time = 0;
  const line = new StageLine({ isTTY, write: (text) => written.push(text) }, () => time);
  return { line, written, wait: (ms: number) => { time += ms; } };
}

test('a terminal has one line a stage, which is rewritten', () => {
  const { line, written } = lineOn(true);
  line.tell('answer', 16, 2000);
  line.tell('answer', 2000, 2000);
  line.tell('review', 8, 16);
  line.end();
  expect(written.join('')).toBe('\r\u001b[2Kanswered 16 of 2,000\r\u001b[2Kanswered 2,000 of 2,000\n\r\u001b[2Kreviewed 8 of 16\n');
});

test('a log has a line now and then, and one at the end of a stage', () => {
  const { line, written, wait } = lineOn(false);
  line.tell('losses', 4, 12);
  wait(30_000);
  line.tell('losses', 8, 12);
  line.tell('losses', 12, 12);
  line.end();
  expect(written).toEqual(['scored 8 of 12\n', 'scored 12 of 12\n']);
});
