/**
 * What a run needs before its models do anything, and can be made while they load: the first pools and the blind
 * baseline.
 */
import { blindBaseline } from '../evaluate/blind';
import type { PoolName, WorkKey } from '../pools/rows';
import type { Run } from './run';

export const bothPools: PoolName[] = ['tuning', 'cache'];

/** The blind guesser reads this many times as many records as the first pool has. */
const blindReading = 21;

/** Where the ledger keeps the accuracy of the blind baseline. */
export const blindKey: WorkKey = { iteration: 0, phase: 'load', item: 'blind' };

/** Fills the first pools with the data set's records and returns the accuracy of the blind baseline. */
export async function prepare({ data, settings, heldOut, work }: Pick<Run, 'data' | 'settings' | 'heldOut' | 'work'>): Promise<number> {
  await work.once({ iteration: 0, phase: 'load', item: 'first pool' }, null, async () => {
    const records = data.records(settings.pool, settings.seed);
    const writes = { records: records.map((record) => ({ record, pools: bothPools })) };
    return { result: records.length, items: 0, tokens: 0, writes };
  });
  return work.once(blindKey, null, async () => {
    const { accuracy } = blindBaseline(heldOut.test, data.records(blindReading * settings.pool, settings.seed));
    return { result: accuracy, items: 0, tokens: 0 };
  });
}
