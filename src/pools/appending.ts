/** The rows that records become at the end of a segment: what is added fills up the segment's last rows first, which are read for it. */
import type { InstructionRecord } from '../data/types';
import { blocksOf, blockStart } from './blocks';
import { idRowsOf, idsStart } from './ids';
import type { BlockRow, IdsRow } from './rows';

type Key = [run: string, segment: number, place: number];

/** What is read of the stores. */
export interface Rows {
  blocks: { get(key: Key): Promise<BlockRow | undefined> };
  ids: { get(key: Key): Promise<IdsRow | undefined> };
}

/** To be put within the transaction of `rows`. @param place where the first record comes: how many the segment has */
export async function appended(rows: Rows, run: string, segment: number, place: number, records: readonly InstructionRecord[]): Promise<{ blocks: BlockRow[]; ids: IdsRow[] }> {
  if (records.length === 0) return { blocks: [], ids: [] };
  const [block, ids] = [blockStart(place), idsStart(place)];
  const [lastBlock, lastIds] = await Promise.all([
    block === place ? undefined : rows.blocks.get([run, segment, block]),
    ids === place ? undefined : rows.ids.get([run, segment, ids]),
  ]);
  return { blocks: blocksOf(run, segment, place, records, lastBlock), ids: idRowsOf(run, segment, place, records.map(({ id }) => id), lastIds) };
}
