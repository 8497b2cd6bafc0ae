import { beforeEach, describe, expect, test, vi } from 'vitest';
import { LoadBar } from '../../../scripts/load-bar';

let written = '';
const screen = { isTTY: true, columns: 70, write: (text: string) => { written += text; } };
const lines = (): string[] => written.split('\r\u001b[2K').slice(1);

beforeEach(() => {
  written = '';
  screen.isTTY = true;
});

describe('the bar of a load', () => {
  test('counts the files together, on one line that fits the terminal', async () => {
    const bar = new LoadBar(screen);
    await bar.during(async () => {
      bar.move('a', 1_000_000, 2_000_000);
      bar.move('b', 500_000, 1_000_000);
    });
    expect(lines()[1]).toContain(' 50 %  1.5 MB of 3.0 MB');
    for (const line of lines()) expect(line.trimEnd().length).toBeLessThan(70);
  });

  test('ends full where the load has succeeded, though the last words about it have not come', async () => {
    const bar = new LoadBar(screen);
    expect(await bar.during(async () => {
      bar.move('a', 10_000, 20_000);
      return 'loaded';
    })).toBe('loaded');
    bar.move('a', 15_000, 20_000);
    expect(lines().at(-1)).toContain('100 %  20 kB of 20 kB');
    expect(written.endsWith('\n')).toBe(true);
  });

  test('stays where it was when the load fails', async () => {
    const bar = new LoadBar(screen);
    await expect(bar.during(async () => {
      bar.move('a', 10_000, 20_000);
      throw new Error('cut');
    })).rejects.toThrow('cut');
    expect(lines().at(-1)).toContain(' 50 %');
    expect(written.endsWith('\n')).toBe(true);
  });

  test('begins anew with the next load', async () => {
    const bar = new LoadBar(screen);
    for (const file of ['a', 'b']) await bar.during(async () => bar.move(file, 1_000, 1_000));
    expect(lines().at(-1)).toContain('1 kB of 1 kB');
  });

  test('writes nothing where nothing moved', async () => {
    await new LoadBar(screen).during(() => Promise.resolve());
    expect(written).toBe('');
  });

  test('is a line at the end, and now and then before it, in a log', async () => {
    screen.isTTY = false;
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const bar = new LoadBar(screen);
      await bar.during(async () => {
        for (let part = 0; part <= 10; part++) {
          vi.advanceTimersByTime(3_000);
          bar.move('a', part, 10);
        }
      });
    } finally {
      vi.useRealTimers();
    }
    expect(written.match(/\n/g)).toHaveLength(2);
    expect(written).not.toContain('\r');
  });
});
