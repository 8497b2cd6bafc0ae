/** What the augmentor writes around seeds of a first pool: whether it is well-formed, can be answered from the image, and is new. */
import { KnownInstructions, wordingFault } from '../../comd/filters';
import type { Augmentor } from '../../comd/roles';
import type { DataSet, InstructionRecord } from '../../data/types';
import { permutation } from '../../permutation';
import type { Settings } from '../../settings';
import { askAll } from './ask';
import { type Rates, ratesOf } from './rates';

/**
 * So often is written around a seed. The default run wants 608 records around the difficult ones of 400, which the paper's growth
 * suggests are 152: four a seed, and six tries where seven in ten are kept.
 */
export const triesPerSeed = 6;

/** Shares of what was written, by the kind of the seed. */
export interface InstructionsAudit {
  seeds: number;
  /** Passed the filters of wording; the data set knows an answer; both. */
  wellFormed: Rates;
  answerable: Rates;
  sound: Rates;
  /** Neither a repeat of what the pool, or what was written before, says of the image, nor too like it. */
  fresh: Rates;
  /** All of it: what a run would keep and learn something right from. */
  useful: Rates;
  /** Those that the data set knows a kind of: whether it is the seed's. Null where it knows no kinds. */
  ofSeedKind: Rates | null;
}

interface Written {
  kind: string;
  wellFormed: boolean;
  answerable: boolean;
  fresh: boolean;
  /** Its own kind; null where it is not known. */
  own: string | null;
}

/** Writes `count` instructions or a few more. `pool` is what is known; `told` hears after every batch how many were written. */
export async function auditInstructions(
  data: DataSet, settings: Settings, augment: Augmentor, pool: readonly InstructionRecord[], count: number, told: (done: number) => void,
): Promise<InstructionsAudit> {
  const seeds = drawSeeds(pool, Math.ceil(count / triesPerSeed), settings.seed);
  const known = new KnownInstructions(settings);
  for (const { image, instruction } of pool) known.add(image, instruction);
  const written: Written[] = [];
  for (let round = 0; round < triesPerSeed; round++) {
    const texts = await askAll(seeds, (batch) => augment(batch.map(({ id, image, instruction }) => (
      { key: `audit/augment/${round}/${id}`, image, instruction, kind: 'difficult' }
    ))), told);
    texts.forEach(({ text }, i) => written.push(judge(data, settings, known, seeds[i] as InstructionRecord, text)));
  }
  return shares(seeds.length, written);
}

function drawSeeds(pool: readonly InstructionRecord[], count: number, seed: number): InstructionRecord[] {
  const at = permutation(pool.length, seed, 'audit seeds');
  return Array.from({ length: Math.min(count, pool.length) }, (_, i) => pool[at(i)] as InstructionRecord);
}

/** Judges one, and remembers it where a run would keep it. */
function judge(data: DataSet, settings: Settings, known: KnownInstructions, { image, instruction: seed }: InstructionRecord, text: string): Written {
  const wellFormed = wordingFault(text, seed, settings) === null;
  const fresh = known.fault(image, text) === null;
  if (wellFormed && fresh) known.add(image, text);
  return {
    kind: data.kind?.(image, seed) ?? 'all kinds', wellFormed, fresh, answerable: data.truth(image, text) !== null, own: data.kind?.(image, text) ?? null,
  };
}

function shares(seeds: number, written: readonly Written[]): InstructionsAudit {
  const rates = (holds: (one: Written) => boolean, of: readonly Written[] = written) => ratesOf(of.map(({ kind }) => kind), of.map(holds));
  const ofKnownKind = written.filter(({ own }) => own !== null);
  return {
    seeds,
    wellFormed: rates((one) => one.wellFormed),
    answerable: rates((one) => one.answerable),
    sound: rates((one) => one.wellFormed && one.answerable),
    fresh: rates((one) => one.fresh),
    useful: rates((one) => one.wellFormed && one.answerable && one.fresh),
    ofSeedKind: ofKnownKind.length === 0 ? null : rates((one) => one.own === one.kind, ofKnownKind),
  };
}
