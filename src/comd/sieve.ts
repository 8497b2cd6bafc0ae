/**
 * The filters over one batch of new instructions: wording, novelty, test items, and how many are still wanted. Each
 * candidate is also compared with those of the batch that came through before it, and every drop is counted by reason.
 */
import type { InstructionRecord } from '../data/types';
import type { TestItems } from '../pools/test-items';
import type { Settings } from '../settings';
import { type DropReason, KnownInstructions, wordingFault } from './filters';

/** A new instruction and the record that it was written around, whose image it shares. */
export interface Candidate {
  seed: InstructionRecord;
  instruction: string;
}

export class Sieve {
  readonly dropped: Record<string, number> = {};
  readonly #known: KnownInstructions;
  readonly #testItems: TestItems;
  readonly #settings: Settings;
  readonly #wanted: number;

  constructor(known: KnownInstructions, testItems: TestItems, settings: Settings, wanted: number) {
    this.#known = known;
    this.#testItems = testItems;
    this.#settings = settings;
    this.#wanted = wanted;
  }

  /** Those of `candidates` that are kept, in order, at most as many as are wanted. */
  through(candidates: readonly Candidate[]): Candidate[] {
    const kept: Candidate[] = [];
    const batch = new KnownInstructions(this.#settings);
    for (const { seed, instruction } of candidates) {
      const fault = this.#fault(seed, instruction)
        ?? batch.fault(seed.image, instruction)
        ?? (kept.length >= this.#wanted ? 'surplus' : null);
      if (fault) {
        this.drop(fault, 1);
        continue;
      }
      batch.add(seed.image, instruction);
      kept.push({ seed, instruction });
    }
    return kept;
  }

  /** Counts drops that were decided elsewhere. */
  drop(reason: DropReason, count: number): void {
    if (count > 0) this.dropped[reason] = (this.dropped[reason] ?? 0) + count;
  }

  #fault(seed: InstructionRecord, instruction: string): DropReason | null {
    return wordingFault(instruction, seed.instruction, this.#settings)
      ?? this.#known.fault(seed.image, instruction)
      ?? (this.#testItems.has({ image: seed.image, instruction }) ? 'test item' : null);
  }
}
