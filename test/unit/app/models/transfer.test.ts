import { describe, expect, test } from 'vitest';
import { moved, still, type Transfer } from '../../../../src/app/models/transfer';

/** A copy of `of` bytes in one file that gets `perSecond` bytes every second, told ten times a second. */
function copying(perSecond: number, seconds: number, of: number, from = 0): Transfer {
  let transfer = still;
  for (let tick = 0; tick <= seconds * 10; tick++) {
    const done = from + (perSecond * tick) / 10;
    transfer = moved(transfer, { file: 'a', loaded: done, total: of, done, of }, tick * 100);
  }
  return transfer;
}

describe('the progress of a copy', () => {
  test('tells the rate and the time left', () => {
    const { rate, secondsLeft } = copying(100, 20, 10_000);
    expect(rate).toBeCloseTo(100, 6);
    expect(secondsLeft).toBeCloseTo(80, 6);
  });

  test('does not count what was there before it went on', () => {
    expect(copying(100, 4, 1_000_000, 900_000).rate).toBeCloseTo(100, 6);
  });

  test('follows a network that has become slow', () => {
    let transfer = copying(1_000, 20, 1_000_000);
    for (let tick = 1; tick <= 200; tick++) {
      const done = 20_000 + tick;
      transfer = moved(transfer, { file: 'a', loaded: done, total: 1_000_000, done, of: 1_000_000 }, 20_000 + tick * 100);
    }
    expect(transfer.rate).toBeCloseTo(10, 6);
  });

  test('tells no rate before a second has gone by, and no end while the whole is not known', () => {
    expect(copying(100, 0.5, 1_000).rate).toBeNull();
    expect(copying(100, 5, 0).secondsLeft).toBeNull();
  });

  test('keeps the files in the order in which they began', () => {
    const tell = (transfer: Transfer, file: string, loaded: number) => moved(transfer, { file, loaded, total: 10, done: 0, of: 30 }, 0);
    const { files } = ['b', 'a', 'b'].reduce((transfer, file, index) => tell(transfer, file, index + 1), still);
    expect(files).toEqual([{ file: 'b', loaded: 3, total: 10 }, { file: 'a', loaded: 2, total: 10 }]);
  });
});
