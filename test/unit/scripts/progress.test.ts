import { beforeEach, describe, expect, test } from 'vitest';
import { duration, Progress, progressLine } from '../../../scripts/progress';
import type { Phase, RunEvent } from '../../../src/comd/events';
import { ComdError } from '../../../src/errors';
import { iterationReportOf } from '../../support/synthetic-run';

function at(phase: Phase, iteration: number, done: number, of: number): Extract<RunEvent, { type: 'progress' }> {
  return { type: 'progress', iteration, phase, done, of, seconds: 10, tokensPerSecond: 1204, secondsLeft: 240 };
}

let written = '';
let now = 0;
const screen = { isTTY: false, columns: 60, write: (text: string) => { written += text; } };

beforeEach(() => {
  written = '';
  now = 0;
  screen.isTTY = false;
});

describe('a progress line', () => {
  test('tells phase, share, speed, loss and time left', () => {
    const line = progressLine(at('tune', 2, 30, 120), 4, 1.2345);
    for (const part of ['2/4 tune', ' 25 %', '1,204 tokens/s', 'loss 1.234', '4 min left', '████░']) expect(line).toContain(part);
  });

  test('leaves out what is not known', () => {
    const line = progressLine({ ...at('load', 0, 1, 2), tokensPerSecond: 0, secondsLeft: null }, 4, null);
    expect(line).not.toMatch(/tokens|loss|left/);
    expect(line).toContain('50 %');
  });

  test('never shows more than the whole', () => {
    expect(progressLine(at('assess', 1, 9, 6), 4, null)).toContain('100 %');
    expect(progressLine(at('assess', 1, 0, 0), 4, null)).toContain('100 %');
  });

  test('gives short times in seconds and long ones in minutes', () => {
    expect([duration(0.4), duration(89), duration(90), duration(600)]).toEqual(['1 s', '89 s', '2 min', '10 min']);
  });
});

describe('progress on a terminal', () => {
  test('rewrites one line and keeps it within the width', () => {
    screen.isTTY = true;
    const progress = new Progress(screen, 4);
    for (let done = 0; done < 5; done++) progress.hear(at('tune', 1, done, 5));
    expect(written).not.toContain('\n');
    for (const line of written.split('\r\u001b[2K')) expect(line.length).toBeLessThan(60);
  });

  test('clears the line before a notice that stays', () => {
    screen.isTTY = true;
    const progress = new Progress(screen, 4);
    progress.hear(at('tune', 1, 1, 5));
    progress.hear({ type: 'notice', text: 'few are difficult' });
    expect(written.endsWith('\r\u001b[2KNote: few are difficult\n')).toBe(true);
  });
});

describe('progress in a log', () => {
  test('writes a line at the start and the end of a phase, and between them now and then', () => {
    const progress = new Progress(screen, 4, () => now);
    for (let done = 0; done <= 50; done++) {
      now += 1_000;
      progress.hear(at('tune', 1, done, 50));
    }
    const lines = written.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toContain('  0 %');
    expect(lines.at(-1)).toContain('100 %');
    expect(written).not.toContain('\u001b');
  });

  test('forgets the loss of the phase before', () => {
    const progress = new Progress(screen, 4, () => now);
    progress.hear(at('tune', 1, 0, 5));
    progress.hear({ type: 'loss', iteration: 1, phase: 'tune', step: 1, loss: 3.21 });
    progress.hear(at('tune', 1, 5, 5));
    expect(written).toContain('loss 3.21');
    written = '';
    progress.hear(at('evaluate', 1, 0, 5));
    expect(written).not.toContain('loss');
  });

  test('tells how an iteration went, or that there was nothing to judge it on', () => {
    const progress = new Progress(screen, 4);
    progress.hear({ type: 'iteration', report: iterationReportOf(1) });
    progress.hear({ type: 'iteration', report: { ...iterationReportOf(2), accuracy: null } });
    expect(written).toBe('iteration 1: accuracy 42.0 %\niteration 2: no test items\n');
  });

  test('shows errors, devices and models', () => {
    const progress = new Progress(screen, 4);
    progress.hear({ type: 'device', role: 'student', backend: 'wasm', adapter: 'CPU, SIMD', why: 'No adapter.' });
    progress.hear({ type: 'model', role: 'teacher', name: 'emoji-teacher', parameters: 5_000_000 });
    progress.hear({ type: 'error', error: new ComdError('device/lost', 'The device is gone.', 'Resume.') });
    expect(written.split('\n')).toEqual([
      'student: wasm on CPU, SIMD. No adapter.', 'teacher: emoji-teacher, 5,000,000 parameters', 'Error: The device is gone.', '',
    ]);
  });
});
