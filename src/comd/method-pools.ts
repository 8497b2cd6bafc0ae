/**
 * The two pools of the method as parts of the one that the ledger keeps: what an iteration tunes on, and what it may assess. They
 * hold the same records but for the reserve, which comes last in the first pool and is for assessing alone.
 */
import type { InstructionRecord } from '../data/types';
import type { Pool } from '../pools/pool';
import type { Range } from '../pools/segments';
import type { Settings } from '../settings';

/** What an iteration tunes on: so many records, numbered from 0, which are read when they are wanted. */
export interface TuningPool {
  size: number;
  records(numbers: readonly number[]): Promise<InstructionRecord[]>;
}

/** How many records a run draws before its first iteration. */
export const firstDrawn = ({ pool, reserve }: Pick<Settings, 'pool' | 'reserve'>): number => pool + reserve;

/**
 * The records that iteration `iteration` tunes on: all that there were when it began, or in `replace` mode only the
 * newest of them; never the reserve.
 */
export async function tuningPool(pool: Pool, iteration: number, settings: Settings): Promise<TuningPool> {
  const reserve = await reserveOf(pool, settings);
  const { from, size } = settings.poolMode === 'accumulate' ? { from: 0, size: await pool.size(iteration - 1) } : await pool.newest(iteration - 1);
  const ordinal = (number: number): number => (from + number < reserve.from ? from + number : from + number + reserve.size);
  return from >= reserve.from + reserve.size
    ? { size, records: (numbers) => pool.at(numbers.map((number) => from + number)) }
    : { size: size - reserve.size, records: (numbers) => pool.at(numbers.map(ordinal)) };
}

/** The records that iteration `iteration` may assess: the reserve where there is one, else all that there were when it began. */
export async function assessable(pool: Pool, iteration: number, settings: Settings): Promise<Range> {
  const reserve = await reserveOf(pool, settings);
  return reserve.size > 0 ? reserve : { from: 0, size: await pool.size(iteration - 1) };
}

/** Records in the order of the pool, without the reserve. */
export async function* eachTuned(pool: Pool, settings: Settings): AsyncGenerator<InstructionRecord> {
  const { from, size } = await reserveOf(pool, settings);
  let ordinal = 0;
  for await (const record of pool.each()) {
    if (ordinal < from || ordinal >= from + size) yield record;
    ordinal++;
  }
}

/** Where a data set has too few records, the reserve is what goes short. */
async function reserveOf(pool: Pool, { pool: tuned, reserve }: Pick<Settings, 'pool' | 'reserve'>): Promise<Range> {
  const first = await pool.size(0);
  const size = Math.min(reserve, Math.max(0, first - tuned));
  return { from: first - size, size };
}
