/**
 * Takes a pool file in LLaVA's format into the pools of a run: all of its records, or none.
 */
import { parseLlava } from '../data/llava';
import type { InstructionRecord } from '../data/types';
import { ComdError } from '../errors';
import type { Ledger } from '../pools/ledger';
import type { PoolName } from '../pools/rows';

/**
 * Adds the records of a file to the named pools and returns how many there were. Throws `data/malformed-record` (a row
 * that is no record, or an id that a pool holds already), `pools/test-item` and `pools/quota`; nothing is then changed.
 */
export async function importPool(ledger: Ledger, file: string, text: string, pools: PoolName[]): Promise<number> {
  const records = parseLlava(file, text);
  await refuseKnownIds(ledger, file, records);
  const mark = { result: records.length, items: records.length, tokens: 0, seconds: 0, clock: ledger.clock() };
  const writes = { records: records.map((record) => ({ record, pools })) };
  await ledger.commit({ iteration: 0, phase: 'load', item: `import/${file}` }, mark, writes);
  return records.length;
}

async function refuseKnownIds(ledger: Ledger, file: string, records: readonly InstructionRecord[]): Promise<void> {
  const known = new Set([...(await ledger.pool('tuning')), ...(await ledger.pool('cache'))].map((record) => record.id));
  const row = records.findIndex((record) => known.has(record.id));
  if (row < 0) return;
  throw new ComdError(
    'data/malformed-record',
    `Row ${row + 1} of "${file}" has the id "${records[row]?.id}", which a pool already holds.`,
    'Give every record an id of its own. Nothing was imported.',
  );
}
