/**
 * Takes a pool file in LLaVA's format into both pools of a run: all of its records, or none. They join from the iteration
 * after the one under way, whose pools stay what they were however often it is resumed.
 */
import { parseLlava } from '../data/llava';
import type { InstructionRecord } from '../data/types';
import { ComdError } from '../errors';
import type { Ledger } from '../pools/ledger';
import { iterationKey } from './cycle';
import { imageOf } from './leave';
import { bothPools } from './prepare';
import type { Run } from './run';

/**
 * Adds the records of a file and returns how many there were; an id is told apart from those of the run, and of other
 * files, by the name of the file. Throws `data/malformed-record` (a row that is no record, or whose id the file brought
 * before), `data/missing-image`, `pools/test-item`, `pools/quota`, and `run/busy` in the last iteration; nothing is then
 * changed.
 */
export async function importPool(
  { data, ledger, settings }: Pick<Run, 'data' | 'settings'> & { ledger: Ledger }, file: string, text: string,
): Promise<number> {
  const has = (image: string) => data.has(image);
  const given = parseLlava(file, text).map((record) => ({ ...record, id: `${file}/${record.id}`, image: imageOf(record.image, has) }));
  refuseMissingImages(file, given, has);
  await refuseKnownIds(file, given, ledger);
  const iteration = underWay(ledger, settings.iterations);
  const mark = { result: given.length, items: given.length, tokens: 0, seconds: 0, clock: ledger.clock() };
  const records = given.map((record) => ({ record: { ...record, iteration }, pools: bothPools }));
  await ledger.commit({ iteration, phase: 'load', item: `import/${file}` }, mark, { records });
  return given.length;
}

/** The iteration under way. The first one is from the start of stage 1: it draws its sample then. */
function underWay(ledger: Ledger, iterations: number): number {
  let iteration = 1;
  while (ledger.mark(iterationKey(iteration))) iteration++;
  if (iteration < iterations) return iteration;
  throw new ComdError(
    'run/busy',
    'The last iteration is under way, and no later one would learn from records that are added now.',
    'Add them to a run with more iterations, before its last one.',
  );
}

function refuseMissingImages(file: string, records: readonly InstructionRecord[], has: (image: string) => boolean): void {
  const row = records.findIndex(({ image }) => !has(image));
  if (row < 0) return;
  const image = records[row]?.image;
  throw new ComdError(
    'data/missing-image',
    image === '' ? `Row ${row + 1} of "${file}" names no image.` : `Row ${row + 1} of "${file}" names the image "${image}", which the data set does not have.`,
    'Name images as the data set does, or as the pools in a download do. Nothing was imported.',
  );
}

async function refuseKnownIds(file: string, records: readonly InstructionRecord[], ledger: Ledger): Promise<void> {
  const known = new Set((await ledger.pool('cache')).map(({ id }) => id));
  const row = records.findIndex(({ id }) => known.has(id));
  if (row < 0) return;
  throw new ComdError(
    'data/malformed-record',
    `Row ${row + 1} of "${file}" has an id that came into the pools from a file of this name before.`,
    'Give new records ids of their own, or the file another name. Nothing was imported.',
  );
}
