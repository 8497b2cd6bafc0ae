/** The rows that records become at the end of a segment: what is added fills up the segment's last rows first, which are read for it. */
import type { InstructionRecord } from '../data/types';
import { blocksOf, blockStart } from './blocks';
import { keyRowsOf, keysStart } from './keys';
import type { BlockRow, KeysRow } from './rows';

type Key = [run: string, segment: number, place: number];

/** What is read of the stores. */
export interface Rows {
  blocks: { get(key: Key): Promise<BlockRow | undefined> };
  keys: { get(key: Key): Promise<KeysRow | undefined> };
}

/** To be put within the transaction of `rows`. @param place where the first record comes: how many the segment has */
export async function appended(rows: Rows, run: string, segment: number, place: number, records: readonly InstructionRecord[]): Promise<{ blocks: BlockRow[]; keys: KeysRow[] }> {
  if (records.length === 0) return { blocks: [], keys: [] };
  const [block, keys] = [blockStart(place), keysStart(place)];
  const [lastBlock, lastKeys] = await Promise.all([
    block === place ? undefined : rows.blocks.get([run, segment, block]),
    keys === place ? undefined : rows.keys.get([run, segment, keys]),
  ]);
  return { blocks: blocksOf(run, segment, place, records, lastBlock), keys: keyRowsOf(run, segment, place, records, lastKeys) };
}
