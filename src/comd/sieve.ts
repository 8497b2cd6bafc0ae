/**
 * The filters over one batch of new instructions: wording, novelty, test items, and how many are still wanted. Each
 * candidate is also compared with those of the batch that came through before it, and every drop is counted by reason.
 */
import type { InstructionRecord } from '../data/types';
import type { TestItems } from '../pools/test-items';
import { type DropReason, type FilterSettings, KnownInstructions, wordingFault } from './filters';

/** A new instruction about an image, and the record that it was written around. */
export interface Candidate {
  seed: InstructionRecord;
  image: string;
  instruction: string;
}

/** Tells why an instruction about an image is not new, or null. */
export type Known = Pick<KnownInstructions, 'fault'>;

export class Sieve {
  readonly dropped: Record<string, number> = {};
  readonly #known: Known;
  readonly #testItems: TestItems;
  readonly #settings: FilterSettings;
  readonly #wanted: number;

  constructor(known: Known, testItems: TestItems, settings: FilterSettings, wanted: number) {
    this.#known = known;
    this.#testItems = testItems;
    this.#settings = settings;
    this.#wanted = wanted;
  }

  /** Those of `candidates` that are kept, in order, at most as many as are wanted. */
  through(candidates: readonly Candidate[]): Candidate[] {
    const kept: Candidate[] = [];
    const batch = new KnownInstructions(this.#settings);
    for (const candidate of candidates) {
      const { image, instruction } = candidate;
      const fault = this.#fault(candidate)
        ?? batch.fault(image, instruction)
        ?? (kept.length >= this.#wanted ? 'surplus' : null);
      if (fault) {
        this.drop(fault, 1);
        continue;
      }
      batch.add(image, instruction);
      kept.push(candidate);
    }
    return kept;
  }

  /** Counts drops that were decided elsewhere. */
  drop(reason: DropReason, count: number): void {
    if (count > 0) this.dropped[reason] = (this.dropped[reason] ?? 0) + count;
  }

  #fault({ seed, image, instruction }: Candidate): DropReason | null {
    return wordingFault(instruction, seed.instruction, this.#settings)
      ?? this.#known.fault(image, instruction)
      ?? (this.#testItems.has({ image, instruction }) ? 'test item' : null);
  }
}
