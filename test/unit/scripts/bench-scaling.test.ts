import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Laps } from '../../../scripts/bench/scaling/laps';
import { growthOfPools, growthOfTokens, growthTable, poolsTable, tokensTable, type PoolsRow, type TokensRow } from '../../../scripts/bench/scaling/row';
import { decodingOperations, recordCounts, repeatsOf, sequencesOf, shortSequence, steps, tokenCounts, trainingOperations } from '../../../scripts/bench/scaling/sizes';
import { readWishes } from '../../../scripts/bench/scaling/wishes';
import { operations, shape } from '../../../src/bench/work';
import { ComdError } from '../../../src/errors';

function refusal(...args: string[]): ComdError {
  try {
    readWishes(args);
  } catch (error) {
    if (error instanceof ComdError) return error;
    throw error;
  }
  throw new Error(`${args.join(' ')} was not refused`);
}

describe('the command line of bench:scaling', () => {
  test('measures everything on WASM when nothing is said', () => {
    expect(readWishes([])).toEqual({ parts: ['tokens', 'pools'], backend: 'wasm', tokens: tokenCounts, records: recordCounts, repeats: 5 });
  });

  test('reads every flag', () => {
    expect(readWishes(['--json', 'a.json', '--only', 'pools', '--backend=webgpu', '--repeats', '2', '--most', '40000']))
      .toEqual({ json: 'a.json', parts: ['pools'], backend: 'webgpu', repeats: 2, tokens: tokenCounts, records: [1000, 32_000] });
    expect(readWishes(['--most', '128'])).toMatchObject({ tokens: [64, 128], records: [] });
    expect(readWishes(['--only=pools', '--records=1000,5000'])).toMatchObject({ records: [1000, 5000] });
    expect(readWishes(['--help'])).toBe('help');
  });

  test.each([['--only', 'images'], ['--backend', 'webgl'], ['--repeats', '0'], ['--most', '63'], ['--most=999', '--only=pools'], ['--json'], ['--fast'], ['--records', '1000,x']])('refuses %s %s by name', (...args) => {
    const { code, message, remedy } = refusal(...args);
    expect(code).toBe('settings/invalid');
    expect(message).toContain(args[0]?.split('=')[0]);
    expect(remedy).not.toBe('');
  });
});

describe('the sizes', () => {
  test('are measured as often as is asked for, but a million records once', () => {
    expect(recordCounts.map((records) => repeatsOf(records, 5))).toEqual([5, 5, 1]);
  });

  test('are whole short sequences', () => {
    for (const tokens of tokenCounts) expect(steps.map((step) => sequencesOf(step, tokens))).toEqual([1, tokens / shortSequence]);
    for (const tokens of tokenCounts) expect(tokens % shortSequence).toBe(0);
  });

  test('hold the operations that bench counts, and attention\'s on top', () => {
    const { batch, tokens, layers, width } = shape;
    expect(trainingOperations(batch, tokens) - operations('train', 'llama')).toBe(6 * layers * width * batch * tokens ** 2);
    expect(decodingOperations(0)).toBe(operations('decode', 'llama'));
  });

  test('hold operations in proportion to the sequences, and more than that to their length', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 4096 }), (sequences, tokens) => {
      expect(trainingOperations(sequences, tokens)).toBe(sequences * trainingOperations(1, tokens));
      expect(trainingOperations(1, 2 * tokens)).toBeGreaterThan(2 * trainingOperations(1, tokens));
    }));
  });
});

const tokensRow = (tokens: number, ms: number, what: TokensRow['what'] = 'step of one sequence'): TokensRow => (
  { what, tokens, ms, msLow: ms / 2, cpuMs: null, msPerToken: ms / tokens, gflop: 1, dispatches: null, peakBytes: 1e6, tensorBytes: 1e6 }
);
const poolsRow = (records: number, ms: number, items = records): PoolsRow => (
  { what: 'add', records, items, ms, msLow: ms, cpuMs: null, msPerRecord: ms / items, requestsPerRecord: 1 }
);

describe('the growth of cost', () => {
  test('has the exponent of whatever power of the size it is', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: 0.01, max: 100, noNaN: true }), (power, factor) => {
      const [growth] = growthOfTokens(tokenCounts.map((tokens) => tokensRow(tokens, factor * tokens ** power)));
      expect(growth?.exponent).toBeCloseTo(power, 6);
      expect(growth?.times).toBeCloseTo(16 ** (power - 1), 6);
      expect(growth).toMatchObject({ what: 'step of one sequence', from: 64, to: 1024 });
    }));
  });

  test('of a decoded token is that of one token, however many it follows', () => {
    const [growth] = growthOfTokens([tokensRow(64, 1, 'decoded token'), tokensRow(1024, 1.5, 'decoded token')]);
    expect(growth?.times).toBeCloseTo(1.5);
  });

  test('is shared among the records that the work was done for', () => {
    const [growth] = growthOfPools([poolsRow(1000, 1, 256), poolsRow(100_000, 3, 256)]);
    expect(growth?.times).toBeCloseTo(3);
    expect(growthTable([growth].flatMap((known) => known ?? [])).at(-1)).toContain('NOT LINEAR');
  });

  test('is linear where a machine was held up at the median and not at the fastest', () => {
    expect(growthTable([{ what: 'add', from: 1, to: 9, times: 5, timesLow: 1.5, timesCpu: null, exponent: 1 }]).at(-1)).toMatch(/ linear$/);
  });

  test('is judged by the CPU where its time is known', () => {
    const [growth] = growthOfPools([{ ...poolsRow(1000, 1), cpuMs: 200 }, { ...poolsRow(100_000, 900), cpuMs: 22_000 }]);
    expect(growth?.timesCpu).toBeCloseTo(1.1);
    expect(growthTable([growth].flatMap((known) => known ?? [])).at(-1)).toMatch(/ linear$/);
  });

  test('is not told of one size alone', () => {
    expect(growthOfPools([poolsRow(1000, 1)])).toEqual([]);
  });
});

describe('the tables', () => {
  test('stand in columns', () => {
    for (const lines of [tokensTable([tokensRow(64, 5), tokensRow(1024, 123)]), poolsTable([poolsRow(1000, 0), poolsRow(100_000, 17)])]) {
      expect(lines).toHaveLength(3);
      expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    }
    expect(tokensTable([tokensRow(64, 5)])[1]).toContain('–');
  });
});

describe('laps', () => {
  test('give a row for each work, with the mean of what was counted', async () => {
    let requests = 0;
    let cpu = 0;
    const laps = new Laps(() => requests, () => Promise.resolve(cpu));
    for (const asked of [10, 30]) {
      expect(await laps.of('read', 10, () => {
        requests += asked;
        cpu += 1;
        return 'read';
      })).toBe('read');
      await laps.ofMany('grow', () => Promise.resolve(asked));
    }
    const rows = laps.rows(1000);
    expect(rows).toMatchObject([{ what: 'read', records: 1000, items: 10, requestsPerRecord: 2, cpuMs: 1000 }, { what: 'grow', records: 1000, items: 20, requestsPerRecord: 0, cpuMs: null }]);
    for (const { ms, msLow } of rows) expect(msLow).toBeLessThanOrEqual(ms);
  });
});
