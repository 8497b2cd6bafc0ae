/**
 * Augmentation: new instructions are written around difficult ones, filtered, answered by the teacher, and join both
 * pools, until the pool has grown by what was asked or the tries are used up.
 */
import type { InstructionRecord } from '../data/types';
import type { PoolName } from '../pools/rows';
import type { TestItems } from '../pools/test-items';
import { pick, stream } from '../random';
import type { Settings } from '../settings';
import type { Verdict } from './assess';
import { answersPerBatch, numbered } from './batches';
import { KnownInstructions } from './filters';
import type { SeedKind } from './prompts';
import { type Answerer, type Augmentor, tokensOf } from './roles';
import { Sieve } from './sieve';
import type { Done, Work } from './work';

export interface Growth {
  generated: number;
  kept: number;
  dropped: Record<string, number>;
}

interface Seed {
  record: InstructionRecord;
  kind: SeedKind;
}

/** New records that iteration `iteration` is to add to a tuning pool of `size`. */
export function growthTarget(iteration: number, size: number, settings: Settings): number {
  const share = iteration === 1 ? settings.growth1 : iteration === 2 ? settings.growth2 : settings.growth3;
  return Math.round(share * size);
}

/** One iteration's augmentation, batch by batch. */
export class Augmentation {
  readonly #iteration: number;
  readonly #target: number;
  readonly #settings: Settings;
  readonly #verdict: Verdict;
  readonly #known: KnownInstructions;
  readonly #testItems: TestItems;

  /** `pool` is what counts as known at the start. */
  constructor(iteration: number, target: number, verdict: Verdict, pool: readonly InstructionRecord[], testItems: TestItems, settings: Settings) {
    this.#iteration = iteration;
    this.#target = target;
    this.#settings = settings;
    this.#verdict = verdict;
    this.#testItems = testItems;
    this.#known = new KnownInstructions(settings);
    for (const record of pool) this.#known.add(record.image, record.instruction);
  }

  /** Writes, filters and answers until the target is kept or the tries are used up. */
  async run(augment: Augmentor, answer: Answerer, work: Work): Promise<Growth> {
    const total: Growth = { generated: 0, kept: 0, dropped: {} };
    const tries = this.#hasSeeds() ? this.#settings.augmentRounds * this.#target : 0;
    for (let batch = 0; total.kept < this.#target && total.generated < tries; batch++) {
      const size = Math.min(answersPerBatch, tries - total.generated);
      const key = { iteration: this.#iteration, phase: 'augment' as const, item: `batch/${numbered(batch)}` };
      const { records, dropped } = await work.once(key, 'augment', () => this.#batch(batch, size, total.kept, augment, answer));
      for (const record of records) this.#known.add(record.image, record.instruction);
      for (const [reason, count] of Object.entries(dropped)) total.dropped[reason] = (total.dropped[reason] ?? 0) + count;
      total.generated += size;
      total.kept += records.length;
    }
    return total;
  }

  async #batch(
    batch: number, size: number, keptBefore: number, augment: Augmentor, answer: Answerer,
  ): Promise<Done<{ records: InstructionRecord[]; dropped: Record<string, number> }>> {
    const seeds = Array.from({ length: size }, (_, slot) => this.#seed(batch, slot));
    const written = await augment(seeds.map(({ record, kind }, slot) => (
      { key: `augment/${this.#iteration}/${batch}/${slot}`, image: record.image, instruction: record.instruction, kind }
    )));
    const sieve = new Sieve(this.#known, this.#testItems, this.#settings, this.#target - keptBefore);
    const fresh = sieve.through(seeds.map(({ record }, slot) => ({ seed: record, instruction: written[slot]?.text ?? '' })));
    // Greedy: what the student is to learn is the answer that the teacher holds most likely, not one draw among others.
    const answers = fresh.length === 0 ? [] : await answer(fresh.map(({ seed, instruction }, i) => (
      { key: `target/${this.#iteration}/${batch}/${i}`, image: seed.image, instruction }
    )), 0);
    const answered = fresh.map((candidate, i) => ({ ...candidate, answer: answers[i]?.text ?? '' })).filter((candidate) => candidate.answer !== '');
    sieve.drop('no answer', fresh.length - answered.length);
    const records = answered.map(({ seed, instruction, answer: target }, i): InstructionRecord => ({
      id: `k${this.#iteration}-${numbered(keptBefore + i, 6)}`, image: seed.image, instruction, answer: target,
      source: 'teacher', iteration: this.#iteration, seedId: seed.id,
    }));
    const pools: PoolName[] = ['tuning', 'cache'];
    return {
      result: { records, dropped: sieve.dropped },
      items: records.length,
      tokens: tokensOf(written) + tokensOf(answers),
      writes: { records: records.map((record) => ({ record, pools })) },
    };
  }

  /** Easy seeds alone do where easy ones are wanted at all; else there is nothing to augment around. */
  #hasSeeds(): boolean {
    return this.#verdict.difficult.length > 0 || (this.#settings.easyRatio > 0 && this.#verdict.easy.length > 0);
  }

  /** A seed drawn by key: an easy one for `easyRatio` of the draws, where there are both kinds. */
  #seed(batch: number, slot: number): Seed {
    const random = stream(this.#settings.seed, this.#iteration, 'augment seed', batch, slot);
    const { difficult, easy } = this.#verdict;
    const wantsEasy = random() < this.#settings.easyRatio;
    const kind: SeedKind = difficult.length === 0 || (wantsEasy && easy.length > 0) ? 'easy' : 'difficult';
    return { record: pick(kind === 'easy' ? easy : difficult, random), kind };
  }
}
