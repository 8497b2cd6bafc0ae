/**
 * One round of measurements after the other: which case is being measured, and what came of those before. Every call has a
 * thread of its own, and only one runs at a time. It draws nothing, and computes nothing itself.
 */
import { effect, signal, type ReadonlySignal } from '@preact/signals';
import type { SpeedAdapter, SpeedCase, SpeedFailure, SpeedRow, SpeedThread } from '../../../workers/protocol';
import { casesFor } from './cases';

export interface Measuring extends SpeedThread {
  /** Ends the thread; calls under way fail. */
  close(): void;
}

export interface Entry {
  of: SpeedCase;
  /** Null until it has been measured. */
  outcome: SpeedRow | SpeedFailure | null;
}

/** What is being measured: an entry by its place, and whether it is at its steps yet. */
export interface Present {
  place: number;
  doing: 'product' | 'steps';
}

/** What belongs to one round, and to none that is begun after it. */
interface Round {
  signal: AbortSignal;
  /** Of products, by implementation and backend. */
  rates: Map<string, number>;
}

/** `interrupted` is a round that was ended because something else has begun to use the device. */
export type SpeedState = 'idle' | 'running' | 'stopped' | 'interrupted' | 'finished';

export class SpeedSession {
  /** What WebGPU offers here: null where it offers nothing, undefined until that is known. */
  readonly adapter = signal<SpeedAdapter | null | undefined>(undefined);
  /** Whether WebGPU is measured on a software adapter too. */
  readonly softwareToo = signal(false);
  readonly state = signal<SpeedState>('idle');
  /** All cases of the round, in their order. */
  readonly entries = signal<readonly Entry[]>([]);
  readonly present = signal<Present | null>(null);
  /** What WASM runs on, in words, once it has been used. */
  readonly processor = signal<string | null>(null);
  /** Why nothing can be measured now; null where it can. */
  readonly hindrance: ReadonlySignal<string | null>;
  readonly #start: () => Measuring;
  readonly #steps: number | undefined;
  #ending = new AbortController();

  /** @param steps that count, of each case; undefined for as many as the device is worth waiting for */
  constructor(start: () => Measuring, hindrance: ReadonlySignal<string | null>, steps: number | undefined) {
    this.#start = start;
    this.hindrance = hindrance;
    this.#steps = steps;
    effect(() => {
      if (hindrance.value !== null && this.state.peek() === 'running') this.#end('interrupted');
    });
  }

  /** Asks what WebGPU offers. Throws what the thread throws; there is taken to be no WebGPU then. */
  async look(): Promise<void> {
    const thread = this.#start();
    try {
      this.adapter.value = await thread.adapter();
    } catch (error) {
      this.adapter.value = null;
      throw error;
    } finally {
      thread.close();
    }
  }

  /** Measures all cases, to the end or until it is stopped. Does nothing where that cannot be now. */
  async measure(): Promise<void> {
    const adapter = this.adapter.value;
    if (adapter === undefined || this.hindrance.value !== null || this.state.value === 'running') return;
    const cases = casesFor(adapter, this.softwareToo.value);
    this.#ending = new AbortController();
    const round: Round = { signal: this.#ending.signal, rates: new Map() };
    this.entries.value = cases.map((of) => ({ of, outcome: null }));
    this.state.value = 'running';
    for (const [place, of] of cases.entries()) {
      const outcome = await this.#outcomeOf(round, place, of);
      if (round.signal.aborted) return;
      this.entries.value = this.entries.value.map((entry, other) => (other === place ? { of, outcome } : entry));
    }
    this.present.value = null;
    this.state.value = 'finished';
  }

  /** Ends the round under way; what was measured stays. */
  stop(): void {
    if (this.state.value === 'running') this.#end('stopped');
  }

  #end(state: SpeedState): void {
    this.#ending.abort();
    this.present.value = null;
    this.state.value = state;
  }

  async #outcomeOf(round: Round, place: number, of: SpeedCase): Promise<SpeedRow | SpeedFailure> {
    try {
      const rate = await this.#rateOf(round, place, of);
      return await this.#inThread(round, { place, doing: 'steps' }, (thread) => thread.measure(of, rate, this.#steps));
    } catch (error) {
      const { task, architecture, backend, runtime, implementation } = of;
      return { work: `${task} ${architecture}`, backend, runtime, implementation, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async #rateOf(round: Round, place: number, of: SpeedCase): Promise<number> {
    const name = `${of.implementation} ${of.backend}`;
    const known = round.rates.get(name);
    if (known !== undefined) return known;
    const { rate, device } = await this.#inThread(round, { place, doing: 'product' }, (thread) => thread.product(of));
    if (of.backend === 'wasm') this.processor.value = device;
    round.rates.set(name, rate);
    return rate;
  }

  async #inThread<T>({ signal }: Round, present: Present, work: (thread: Measuring) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    this.present.value = present;
    const thread = this.#start();
    const close = () => thread.close();
    signal.addEventListener('abort', close);
    try {
      return await work(thread);
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  }
}
