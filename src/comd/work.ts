/**
 * Doing things once: an item of work that is marked in the ledger is not done again, and one that is done is marked
 * with what it leaves in the same transaction. This is all that makes a run resumable; it knows no phase by name.
 */
import type { Ledger, Writes } from '../pools/ledger';
import type { Mark, WorkKey } from '../pools/rows';
import type { Gate } from './gate';
import type { Kind } from './forecast';
import type { Progress } from './progress';

/** What came of an item of work. */
export interface Done<T> {
  result: T;
  /** How many items it counts for. */
  items: number;
  /** How often a model was asked for it: the number of items where nothing is said. */
  calls?: number;
  /** Tokens that went through a model for it. */
  tokens: number;
  writes?: Writes;
}

export class Work {
  readonly ledger: Ledger;
  readonly gate: Gate;
  readonly progress: Progress;
  readonly #begun: number;
  readonly #before: number;

  constructor(ledger: Ledger, gate: Gate, progress: Progress) {
    this.ledger = ledger;
    this.gate = gate;
    this.progress = progress;
    this.#begun = performance.now();
    this.#before = ledger.clock();
  }

  /** What came of the work under `key`: from the ledger, or by doing and marking it now. `kind` null takes no model. */
  async once<T>(key: WorkKey, kind: Kind | null, make: () => Promise<Done<T>>): Promise<T> {
    const known = this.ledger.mark<T>(key);
    if (known) return this.#count(key, kind, known);
    await this.gate.pass();
    const begun = performance.now();
    const { result, items, calls = items, tokens, writes } = await make();
    const mark = { result, items, calls, tokens, seconds: (performance.now() - begun) / 1000, clock: this.clock() };
    await this.ledger.commit(key, mark, writes);
    return this.#count(key, kind, mark);
  }

  /** Running time of the run in seconds, over all its sessions and without its pauses. */
  clock(): number {
    return this.#before + (performance.now() - this.#begun) / 1000 - this.gate.heldSeconds();
  }

  #count<T>(key: WorkKey, kind: Kind | null, mark: Mark<T>): T {
    this.progress.add(key.iteration, key.phase, { kind, items: mark.items, tokens: mark.tokens, seconds: mark.seconds });
    return mark.result;
  }
}
