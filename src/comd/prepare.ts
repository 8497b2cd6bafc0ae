/**
 * What a run needs before its models do anything, and can be made while they load: the first pool and the blind
 * baseline.
 */
import { firstOf, SliceReader } from '../data/drawn';
import type { DataSet, InstructionRecord } from '../data/types';
import { blindBaseline } from '../evaluate/blind';
import type { Ledger } from '../pools/ledger';
import type { WorkKey } from '../pools/rows';
import { numbered } from './batches';
import { firstDrawn } from './method-pools';
import type { Run } from './run';
import type { Settings } from '../settings';

/** The first pool is drawn and stored so many records at a time. */
const recordsAtOnce = 1024;

/** The blind guesser reads this many times as many records as the first pool has, */
const blindReading = 21;
/** but no more than this: as many as it reads at the default size. */
const mostBlindReading = 33_600;

/** Where the ledger keeps the accuracy of the blind baseline. */
export const blindKey: WorkKey = { iteration: 0, phase: 'load', item: 'blind' };

const firstPool = 'first pool/';

/** Fills the first pool with the data set's records and returns the accuracy of the blind baseline, null where there are no test items. */
export async function prepare(run: Pick<Run, 'data' | 'settings' | 'heldOut' | 'work'>): Promise<number | null> {
  const { data, settings, heldOut, work } = run;
  await fillFirstPool(run);
  return work.once(blindKey, null, async () => {
    return { result: blindBaseline(heldOut.test, await blindReadingOf(data, settings)).accuracy, items: 0, tokens: 0 };
  });
}

/** The records that the blind guesser of a run reads. */
export function blindReadingOf(data: DataSet, settings: Settings): Promise<InstructionRecord[]> {
  return firstOf(data.records(settings.seed), Math.min(mostBlindReading, blindReading * settings.pool));
}

/** How many records of the data set the first pool holds. */
export function firstPoolSize(ledger: Ledger): number {
  const chunks = ledger.marksOf(0).filter(({ key }) => key.phase === 'load' && key.item.startsWith(firstPool));
  return chunks.reduce((sum, { mark }) => sum + (mark.result as number), 0);
}

async function fillFirstPool({ data, settings, work }: Pick<Run, 'data' | 'settings' | 'work'>): Promise<void> {
  const drawn = new SliceReader(data.records(settings.seed));
  const first = firstDrawn(settings);
  for (let from = 0; from < first; from += recordsAtOnce) {
    const wanted = Math.min(recordsAtOnce, first - from);
    const got = await work.once({ iteration: 0, phase: 'load', item: `${firstPool}${numbered(from / recordsAtOnce)}` }, null, async () => {
      const added = await drawn.slice(from, wanted);
      return { result: added.length, items: 0, tokens: 0, writes: { added } };
    });
    if (got < wanted) return;
  }
}
