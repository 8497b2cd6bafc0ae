/** Pools and ledgers of more rows than a function call takes arguments. */
import 'fake-indexeddb/auto';
import { describe, expect, it, vi } from 'vitest';
import { type PoolsDatabase, storing } from '../../../src/pools/database';
import { Ledger } from '../../../src/pools/ledger';
import type { MarkRow } from '../../../src/pools/rows';
import { TestItems } from '../../../src/pools/test-items';

const many = 200_000;

describe('with very many rows', () => {
  it('the clock of a ledger is that of its newest mark', async () => {
    const marks = Array.from({ length: many }, (_, clock): MarkRow => (
      { run: 'run', iteration: 1, phase: 'augment', item: `${clock}`, result: null, items: 1, calls: 1, tokens: 1, seconds: 1, clock }
    ));
    const database = { getAll: () => Promise.resolve(marks) } as unknown as PoolsDatabase;
    expect((await Ledger.open(database, 'run', new TestItems([]))).clock()).toBe(many - 1);
  });

  it('a full disk is named, however many writes fail with it', async () => {
    const error = new DOMException('no room', 'QuotaExceededError');
    const full = () => Promise.reject(error);
    await expect(storing({ abort: vi.fn(), done: full() }, new Array(many).fill(full))).rejects.toMatchObject({ code: 'pools/quota' });
  });
});
