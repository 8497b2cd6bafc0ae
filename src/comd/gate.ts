/**
 * Where a run can be held or ended: every item of work passes the gate first. It does not know what the work is.
 */

/** Thrown at the gate when the user has ended the run; it is no failure. */
export class Stopped extends Error {
  constructor() {
    super('The run was stopped.');
    this.name = 'Stopped';
  }
}

export class Gate {
  #closed: { error: unknown } | null = null;
  #held: Promise<void> | null = null;
  #release: () => void = () => undefined;
  #heldSince = 0;
  #heldFor = 0;

  /** Resolves when work may go on; throws what the gate was closed with. */
  async pass(): Promise<void> {
    while (this.#held && !this.#closed) await this.#held;
    if (this.#closed) throw this.#closed.error;
  }

  /** Holds all work at its next item until {@link open}. */
  hold(): void {
    if (this.#held) return;
    this.#heldSince = performance.now();
    this.#held = new Promise((resolve) => { this.#release = resolve; });
  }

  open(): void {
    this.#heldFor = this.heldSeconds();
    this.#held = null;
    this.#release();
  }

  /** How long work has been held so far. */
  heldSeconds(): number {
    return this.#heldFor + (this.#held ? (performance.now() - this.#heldSince) / 1000 : 0);
  }

  /** Ends all work at its next item with `error`; the first close counts. */
  close(error: unknown): void {
    this.#closed ??= { error };
    this.#release();
  }
}
