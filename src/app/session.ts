/**
 * The page's side of a run: the conductor's events folded into signals, and the commands behind the buttons. It
 * draws nothing, and knows the conductor only by its interface.
 */
import { computed, signal, type Signal } from '@preact/signals';
import type { RunEvent } from '../comd/events';
import type { Report } from '../comd/report';
import type { ComdError } from '../errors';
import type { Conductor, RunSummary } from '../../workers/protocol';
import { readAddress } from './address';
import { asComdError } from './as-comd-error';
import { check, draftOf, type Draft } from './draft';
import { gather, nextFrame, type Schedule } from './frames';
import { blank, reduce, type RunView } from './state';

export type Command = 'open' | 'start' | 'pause' | 'resume' | 'stop' | 'add' | 'download';

export class Session {
  readonly conductor: Conductor;
  readonly view: Signal<RunView> = signal(blank);
  /** The run that the conductor holds, whatever its state. */
  readonly run = signal<RunSummary | null>(null);
  /** The report of a finished run, for what the stream of events does not tell. */
  readonly report = signal<Report | null>(null);
  /** Settings of the next run. */
  readonly draft: Signal<Draft>;
  readonly checked;
  /** Settings of the run that is shown: those of the stored run, else those of the draft. */
  readonly settings;
  /** The command that the conductor has not answered yet. */
  readonly pending = signal<Command | null>('open');
  /** Whether experiments are being made, on a conductor of their own: the experiments screen says so, once it has been opened. */
  readonly experimenting = signal(false);
  readonly autostart: boolean;
  /** What the address says for the speed screen. */
  readonly steps: number | undefined;
  readonly #given: boolean;
  readonly #addressError: ComdError | null;
  readonly #broadcast: EventTarget;
  readonly #events;

  /** `search` is the query of the page's URL; every event is dispatched again on `broadcast` as a `comd` event. */
  constructor(conductor: Conductor, search: string, broadcast: EventTarget, schedule: Schedule = nextFrame) {
    const address = readAddress(search);
    this.conductor = conductor;
    this.draft = signal(address.draft);
    this.checked = computed(() => check(this.draft.value));
    this.settings = computed(() => this.run.value?.settings ?? this.checked.value.settings);
    this.autostart = address.autostart;
    this.steps = address.steps;
    this.#given = address.given;
    this.#addressError = address.error;
    this.#broadcast = broadcast;
    this.#events = gather<RunEvent>((events) => { this.view.value = events.reduce(reduce, this.view.value); }, schedule);
  }

  /** Listens to the conductor and takes up what it holds: a run that was under way goes on. */
  open(): Promise<void> {
    return this.#command('open', async () => {
      await this.conductor.listen((event) => this.#hear(event));
      const { state, run } = await this.#look();
      this.view.value = { ...this.view.value, state };
      if (run !== null && !this.#given) this.draft.value = draftOf(run.preset, run.settings);
      if (this.#addressError !== null) throw this.#addressError;
      const unfinished = state === 'running' || (this.autostart && (state === 'paused' || state === 'failed'));
      if (run !== null && unfinished) await this.conductor.resume();
      if (run === null && this.autostart) await this.#begin();
    });
  }

  /** Starts a fresh run with the drafted settings. A stored run is discarded: ask first. */
  start(): Promise<void> {
    return this.#command('start', async () => {
      if (this.run.value !== null) await this.#discard();
      await this.#begin();
    });
  }

  pause(): Promise<void> {
    return this.#command('pause', () => this.conductor.pause());
  }

  resume(): Promise<void> {
    this.dismiss();
    return this.#command('resume', () => this.conductor.resume());
  }

  stop(): Promise<void> {
    return this.#command('stop', () => this.conductor.stop());
  }

  /** Adds the records of a pool file and says how many; null when they were refused. */
  async add(file: File): Promise<number | null> {
    this.dismiss();
    let added: number | null = null;
    await this.#command('add', async () => { added = await this.conductor.importPool(file); });
    return added;
  }

  /** What the run has left, as a zip to be saved; null when the conductor could not give it. */
  async download(): Promise<Blob | null> {
    let archive: Blob | null = null;
    await this.#command('download', async () => {
      archive = await this.conductor.download();
    });
    return archive;
  }

  /** Takes the error banner away. */
  dismiss(): void {
    this.view.value = { ...this.view.value, error: null };
  }

  /** Shows an error as if the conductor had sent it. */
  fail(error: unknown): void {
    this.#hear({ type: 'error', error: asComdError(error, 'Reload the page: a run that was under way goes on from what it has stored.') });
  }

  async #begin(): Promise<void> {
    const refusal = Object.values(this.checked.value.refused)[0];
    if (refusal !== undefined) throw refusal;
    this.dismiss();
    await this.conductor.start(this.draft.value.preset, this.checked.value.settings);
  }

  async #discard(): Promise<void> {
    await this.conductor.discard();
    this.#events.clear();
    this.run.value = null;
    this.report.value = null;
    this.view.value = blank;
  }

  #hear(event: RunEvent): void {
    this.#broadcast.dispatchEvent(new CustomEvent('comd', { detail: event }));
    this.#events.put(event);
    if (event.type === 'state') void this.#refresh();
  }

  /** A change of state may be the birth of a run; its settings are asked for again. */
  async #refresh(): Promise<void> {
    if (this.pending.value !== 'open' && this.pending.value !== 'download') this.pending.value = null;
    try {
      await this.#look();
    } catch (error) {
      this.fail(error);
    }
  }

  async #look(): ReturnType<Conductor['state']> {
    const held = await this.conductor.state();
    this.run.value = held.run;
    this.report.value = held.state === 'finished' ? await this.conductor.report() : null;
    return held;
  }

  async #command(name: Command, work: () => Promise<void>): Promise<void> {
    this.pending.value = name;
    try {
      await work();
    } catch (error) {
      this.fail(error);
    } finally {
      if (this.pending.value === name) this.pending.value = null;
    }
  }
}
