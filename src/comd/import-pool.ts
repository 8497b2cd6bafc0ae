/**
 * Takes a file of records into the pool of a run, row by row: all of its records, or none. They join from the iteration
 * after the one under way, whose pool stays what it was however often it is resumed.
 */
import { exchangeId } from '../data/import/exchange-id';
import { namedFile } from '../data/import/files';
import { readRows } from '../data/import/read';
import type { ImportedRow } from '../data/import/row';
import { inChunks } from '../data/drawn';
import type { DataSet, InstructionRecord } from '../data/types';
import { ComdError } from '../errors';
import type { Ledger } from '../pools/ledger';
import type { Pool } from '../pools/pool';
import type { IsDone } from '../pools/staged';
import { iterationKey } from './cycle';
import { imageOf } from './leave';
import type { Run } from './run';

/** So many rows are looked at and stored at a time. */
const rowsAtOnce = 512;

/** What a file is imported into. */
export type Importing = Pick<Run, 'data' | 'settings'> & { ledger: Ledger };

/**
 * Adds the records of a file and returns how many there were; an id is told apart from those of the run, and of other
 * files, by the name of the file. Throws `data/unreadable` (the file is of no known format), `data/malformed-record` (a row that is
 * no record, or whose id the file brought before), `data/missing-image`, `pools/test-item`, `pools/quota`, and `run/busy` in the last
 * iteration; nothing is then changed.
 */
export async function importPool({ data, ledger, settings }: Importing, file: File): Promise<number> {
  const iterationOf = (isDone: IsDone) => underWay(isDone, settings.iterations);
  await iterationOf(async (key) => ledger.mark(key) !== undefined);
  const staged = await ledger.stage();
  try {
    // Only a file of this name can have brought one of its ids: to look each of them up would take longer than storing it.
    const knownIn = await ledger.pool.hasFile(file.name) ? ledger.pool : null;
    for await (const rows of inChunks(taken(file), rowsAtOnce)) await staged.add(await recordsOf(rows, file.name, data, knownIn));
    const mark = { result: staged.size, items: staged.size, calls: 0, tokens: 0, seconds: 0, clock: ledger.clock() };
    await staged.join(file.name, mark, iterationOf);
    return staged.size;
  } catch (error) {
    await staged.abandon();
    throw error;
  }
}

/** The iteration under way. The first one is from the start of stage 1: it draws its sample then. */
async function underWay(isDone: IsDone, iterations: number): Promise<number> {
  let iteration = 1;
  while (await isDone(iterationKey(iteration))) iteration++;
  if (iteration < iterations) return iteration;
  throw new ComdError(
    'run/busy',
    'The last iteration is under way, and no later one would learn from records that are added now.',
    'Add them to a run with more iterations, before its last one.',
  );
}

/** The rows of the file, up to the first that is no record. */
async function* taken(file: File): AsyncGenerator<ImportedRow> {
  for await (const { row, fault } of readRows([namedFile(file, file.name)])) {
    if (fault !== undefined) throw refused('data/malformed-record', fault, `${fault.field || 'the row'} ${fault.reason}`);
    if (row.exchanges.length === 0) throw refused('data/malformed-record', row, 'it has no question with an answer');
    yield row;
  }
}

/** The records of rows, one for each exchange; none may have an id that is in `knownIn`. */
async function recordsOf(rows: readonly ImportedRow[], file: string, data: DataSet, knownIn: Pool | null): Promise<InstructionRecord[]> {
  const images = await Promise.all(rows.map(({ image }) => imageOf(image, data)));
  const without = rows[images.indexOf(null)];
  if (without !== undefined) throw refused('data/missing-image', without, without.image === '' ? 'it names no image' : `it names the image "${without.image}", which the data set does not have`);
  const records = rows.map(({ id, exchanges }, i) => exchanges.map((exchange, at): InstructionRecord => ({
    id: `${file}/${exchangeId(id, exchanges, at)}`, image: images[i] as string, ...exchange, source: 'dataset', iteration: 0,
  })));
  const known = await knownIn?.withIds(records.flat().map(({ id }) => id));
  const again = rows[records.findIndex((own) => own.some(({ id }) => known?.has(id)))];
  if (again !== undefined) throw refused('data/malformed-record', again, 'it has an id that came into the pool from a file of this name before');
  return records.flat();
}

const remedies = {
  'data/malformed-record': 'Each row needs a question and its answer, and an id of its own. Nothing was added.',
  'data/missing-image': 'Name images as the data set does, or as the pools in a download do. Nothing was added.',
} as const;

function refused(code: keyof typeof remedies, { file, row }: { file: string; row: number }, what: string): ComdError {
  return new ComdError(code, `Row ${row} of "${file}" cannot be added: ${what}.`, remedies[code]);
}
