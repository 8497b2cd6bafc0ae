/**
 * One run after the other on a conductor: started, waited for, its report taken, and all else of it discarded. Nothing of
 * a run is left when it ends, so that an interrupted one is made anew.
 */
import type { RunConductor } from '../comd/conduct';
import type { RunEvent } from '../comd/events';
import type { Report } from '../comd/report';
import { ComdError } from '../errors';
import type { PlannedRun } from './plan';

export type RunProgress = Extract<RunEvent, { type: 'progress' }>;

export class OneRun {
  readonly #conductor: RunConductor;
  readonly #onProgress: (progress: RunProgress) => void;
  /** Ends the waiting for the run under way; null while there is none. */
  #settle: { resolve(): void; reject(error: unknown): void } | null = null;
  #error: ComdError | null = null;
  #heard: Promise<void> | null = null;

  constructor(conductor: RunConductor, onProgress: (progress: RunProgress) => void) {
    this.#conductor = conductor;
    this.#onProgress = onProgress;
  }

  /** Throws what ended the run early, or the signal's reason. */
  async make({ preset, settings }: PlannedRun, signal: AbortSignal): Promise<Report> {
    await (this.#heard ??= this.#conductor.listen((event) => this.#hear(event)));
    // What a reload has left of a run is half of it.
    await this.#conductor.discard();
    signal.throwIfAborted();
    let stopped: Promise<void> | undefined;
    const stop = () => { stopped = this.#conductor.stop(); };
    try {
      const over = this.#over();
      await this.#conductor.start(preset, settings);
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
      await over;
      signal.throwIfAborted();
      const report = await this.#conductor.report();
      if (report === null) throw new ComdError('run/unexpected', 'The run has ended without a report.', 'Run the experiment again.');
      return report;
    } finally {
      this.#settle = null;
      signal.removeEventListener('abort', stop);
      await stopped;
      await this.#conductor.discard();
    }
  }

  #over(): Promise<void> {
    this.#error = null;
    const over = new Promise<void>((resolve, reject) => { this.#settle = { resolve, reject }; });
    // Where the start is refused already nobody waits for it.
    over.catch(() => undefined);
    return over;
  }

  #hear(event: RunEvent): void {
    if (event.type === 'progress') this.#onProgress(event);
    if (event.type === 'error') this.#error = event.error;
    if (event.type !== 'state') return;
    if (event.state === 'finished' || event.state === 'stopped') this.#settle?.resolve();
    if (event.state === 'failed') this.#settle?.reject(this.#error ?? new ComdError('run/unexpected', 'The run failed and did not say why.', 'Run the experiment again.'));
  }
}
