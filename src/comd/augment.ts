/**
 * Augmentation: new instructions are written around seeds, filtered, answered by the teacher, and join the pool, until
 * it has grown by what was asked or the tries are used up. Which records are seeds is the strategy's to say.
 */
import type { InstructionRecord } from '../data/types';
import { pick, stream } from '../random';
import type { Settings } from '../settings';
import { answersPerBatch, numbered } from './batches';
import type { Answered, Contest } from './contest';
import { KnownInPool } from './known-in-pool';
import type { SeedKind } from './prompts/family';
import { tokensOf } from './roles';
import type { Players, Run } from './run';
import { Sieve } from './sieve';
import type { Done } from './work';

/** What came of an iteration's growth. */
export interface Growth {
  generated: number;
  kept: number;
  dropped: Record<string, number>;
}

/** What is augmented around. */
export interface Seeds {
  difficult: readonly InstructionRecord[];
  easy: readonly InstructionRecord[];
}

interface Seed {
  record: InstructionRecord;
  kind: SeedKind;
  /** The image that the new instruction is to be about. */
  image: string;
}
/** What came of one batch. */
export interface Batch {
  kept: number;
  dropped: Record<string, number>;
  /** How often the student was asked. */
  studentCalls: number;
}
/** A new instruction that passed the filters. */
interface Fresh extends Answered {
  seed: InstructionRecord;
}

/** New records that iteration `iteration` is to add to a tuning pool of `size`. */
export function growthTarget(iteration: number, size: number, settings: Settings): number {
  const share = iteration === 1 ? settings.growth1 : iteration === 2 ? settings.growth2 : settings.growth3;
  return Math.round(share * size);
}

/** How large the tuning pool of iteration `iteration` is if every growth reaches its target; the first one has `first` records. */
export function plannedPool(iteration: number, first: number, settings: Settings): number {
  let size = first;
  for (let k = 1; k < iteration; k++) size = growthTarget(k, size, settings) + (settings.poolMode === 'accumulate' ? size : 0);
  return size;
}

/** The id of the `at`th record that the augmentation of iteration `iteration` adds, from 0. */
export const idOfNew = (iteration: number, at: number): string => `k${iteration}-${numbered(at, 6)}`;

/** What an augmentation takes of its run. */
export type Augmenting = Pick<Run, 'data' | 'settings' | 'work'> & { players: Pick<Players, 'teacherAnswers' | 'augments' | 'chooses' | 'isSure' | 'softens'> };

/** One iteration's augmentation, batch by batch. */
export class Augmentation {
  readonly #run: Augmenting;
  readonly #iteration: number;
  readonly #target: number;
  readonly #seeds: Seeds;
  readonly #known: KnownInPool;
  readonly #contest: Contest | null;

  /** With a `contest` only those join that the student contests. */
  constructor(run: Augmenting, iteration: number, target: number, seeds: Seeds, contest: Contest | null) {
    this.#run = run;
    this.#contest = contest;
    this.#iteration = iteration;
    this.#target = target;
    this.#seeds = seeds;
    this.#known = new KnownInPool(run.work.ledger.pool, iteration, run.settings);
  }

  /** Writes, filters and answers until the target is kept or the tries are used up. */
  async go(): Promise<Growth> {
    const { work, settings } = this.#run;
    const total: Growth = { generated: 0, kept: 0, dropped: {} };
    const tries = this.#hasSeeds() ? settings.augmentRounds * this.#target : 0;
    for (let batch = 0; total.kept < this.#target && total.generated < tries; batch++) {
      const size = Math.min(answersPerBatch, tries - total.generated);
      const key = { iteration: this.#iteration, phase: 'augment' as const, item: `batch/${numbered(batch)}` };
      const { kept, dropped } = await work.once(key, 'augment', () => this.#batch(batch, size, total.kept));
      for (const [reason, count] of Object.entries(dropped)) total.dropped[reason] = (total.dropped[reason] ?? 0) + count;
      total.generated += size;
      total.kept += kept;
    }
    return total;
  }

  async #batch(batch: number, size: number, keptBefore: number): Promise<Done<Batch>> {
    const { players, settings, work } = this.#run;
    const seeds = await this.#seedsOf(batch, size);
    const written = await players.augments(seeds.map(({ record, kind, image }, slot) => (
      { key: `augment/${this.#iteration}/${batch}/${slot}`, image, instruction: record.instruction, kind }
    )));
    await this.#known.recall(seeds.map(({ image }) => image));
    // What is more than wanted goes last: of those that pass here, some are not worth teaching.
    const sieve = new Sieve(this.#known, work.ledger.forbidden, settings, Infinity);
    const fresh = sieve.through(seeds.map(({ record, image }, slot) => ({ seed: record, image, instruction: written[slot]?.text ?? '' })));
    const asked = fresh.map((candidate, i) => ({ ...candidate, key: `target/${this.#iteration}/${batch}/${i}` }));
    // Greedy: what the student is to learn is the answer that the teacher holds most likely, not one draw among others.
    const answers = asked.length === 0 ? [] : await players.teacherAnswers(asked, 0);
    const { worth, studentCalls } = await this.#worthTeaching(asked.map((question, i) => ({ ...question, answer: answers[i]?.text ?? '' })), sieve);
    const taught = worth.slice(0, this.#target - keptBefore);
    sieve.drop('surplus', worth.length - taught.length);
    const records = taught.map(({ seed, image, instruction, answer }, i): InstructionRecord => ({
      id: idOfNew(this.#iteration, keptBefore + i), image, instruction, answer,
      source: 'teacher', iteration: this.#iteration, seedId: seed.id,
    }));
    for (const { image, instruction } of records) this.#known.add(image, instruction);
    return {
      result: { kept: records.length, dropped: sieve.dropped, studentCalls },
      items: records.length,
      calls: written.length + answers.length,
      tokens: tokensOf(written) + tokensOf(answers),
      writes: { added: await players.softens(records) },
    };
  }

  /** Those that the teacher answered, is sure of, and the student contests. */
  async #worthTeaching(fresh: readonly Fresh[], sieve: Sieve): Promise<{ worth: Fresh[]; studentCalls: number }> {
    const answered = fresh.filter(({ answer }) => answer !== '');
    const sure = await this.#run.players.isSure(answered);
    const certain = answered.filter((_, i) => sure[i]);
    const contested = await this.#contest?.(certain);
    const worth = certain.filter((_, i) => contested?.[i] ?? true);
    sieve.drop('no answer', fresh.length - answered.length);
    sieve.drop('unsure answer', answered.length - certain.length);
    sieve.drop('answered alike', certain.length - worth.length);
    return { worth, studentCalls: contested?.length ?? 0 };
  }

  /** Easy seeds alone do where easy ones are wanted at all; else there is nothing to augment around. */
  #hasSeeds(): boolean {
    return this.#seeds.difficult.length > 0 || (this.#run.settings.easyRatio > 0 && this.#seeds.easy.length > 0);
  }

  /** The seeds of a batch with the images to write about. */
  async #seedsOf(batch: number, size: number): Promise<Seed[]> {
    const drawn = await Promise.all(Array.from({ length: size }, (_, slot) => this.#draw(batch, slot)));
    const images = await this.#run.players.chooses(drawn.map(({ record, images }) => ({ to: record.image, among: images })));
    return drawn.map(({ record, kind }, slot) => ({ record, kind, image: images[slot] as string }));
  }

  /** A seed drawn by key: an easy one for `easyRatio` of the draws, where there are both kinds; with the images that its new instruction may be about. */
  async #draw(batch: number, slot: number): Promise<Pick<Seed, 'record' | 'kind'> & { images: string[] }> {
    const { data, settings } = this.#run;
    const random = stream(settings.seed, this.#iteration, 'augment seed', batch, slot);
    const { difficult, easy } = this.#seeds;
    const wantsEasy = random() < settings.easyRatio;
    const kind: SeedKind = difficult.length === 0 || (wantsEasy && easy.length > 0) ? 'easy' : 'difficult';
    const record = pick(kind === 'easy' ? easy : difficult, random);
    if (random() >= settings.freshImages) return { record, kind, images: [record.image] };
    const images: string[] = [];
    // One by one: what is drawn next depends on what was drawn before.
    while (images.length < settings.imageChoices) images.push(await data.drawImage(random));
    return { record, kind, images };
  }
}
