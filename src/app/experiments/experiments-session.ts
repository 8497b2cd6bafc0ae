/**
 * The page's side of the experiments: what is chosen, how far the laboratory is, and the results that follow from both.
 * It draws nothing, and knows the laboratory only by its interface.
 */
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { Laboratory } from '../../../workers/protocol';
import type { ComdError } from '../../errors';
import type { ExperimentName } from '../../experiments/catalogue';
import { estimate } from '../../experiments/interval';
import type { LaboratoryEvent, LaboratoryState } from '../../experiments/laboratory-protocol';
import { plan, type Wish } from '../../experiments/plan';
import { type Known, resultsOf } from '../../experiments/results';
import type { PresetName } from '../../presets';
import type { Progress } from '../state';

/** What the user can be waiting for. */
export type Waiting = 'open' | 'start' | 'stop' | 'clear';

export class ExperimentsSession {
  readonly state = signal<LaboratoryState>({ series: null, outcomes: [], failures: [], present: null });
  /** Of the run under way. */
  readonly progress = signal<Progress | null>(null);
  readonly experiment = signal<ExperimentName>('strategies');
  readonly preset = signal<PresetName>('experiment');
  readonly seeds = signal(3);
  /** The variant whose runs are listed; null for none. */
  readonly selected = signal<string | null>(null);
  readonly pending = signal<Waiting | null>('open');
  /** Why no series can be begun now; null where one can. */
  readonly hindrance: ReadonlySignal<string | null>;
  readonly wish = computed((): Wish => ({ preset: this.preset.value, seeds: this.seeds.value, overrides: {} }));
  readonly running = computed(() => this.state.value.series?.state === 'running');
  readonly results = computed(() => resultsOf(this.experiment.value, this.wish.value, this.#known.value));
  /** How many runs the chosen experiment has, and how many of them are made. */
  readonly made = computed(() => {
    const runs = plan([this.experiment.value], this.wish.value);
    return { runs: runs.length, made: runs.filter(({ id }) => this.#known.value.outcomes.has(id)).length };
  });
  readonly #known = computed((): Known => ({
    outcomes: new Map(this.state.value.outcomes.map((outcome) => [outcome.run, outcome])),
    failures: new Map(this.state.value.failures.map((failure) => [failure.run, failure])),
  }));
  readonly #laboratory: Laboratory;
  readonly #onError: (error: ComdError) => void;

  /** `onError` hears what ends a series by itself. */
  constructor(laboratory: Laboratory, hindrance: ReadonlySignal<string | null>, onError: (error: ComdError) => void) {
    this.#laboratory = laboratory;
    this.#onError = onError;
    this.hindrance = hindrance;
  }

  /**
   * Listens to the laboratory and takes up what it holds; a series that a reload has interrupted goes on, unless a run is
   * found to be under way once `looked` resolves. Throws what the laboratory throws.
   */
  open(looked: Promise<void>): Promise<void> {
    return this.#waiting('open', async () => {
      await this.#laboratory.listen((event) => this.#hear(event));
      const { series } = this.state.value;
      if (series === null) return;
      this.experiment.value = series.wish.experiment;
      this.preset.value = series.wish.preset;
      this.seeds.value = series.wish.seeds;
      await looked;
      if (series.state === 'interrupted' && this.hindrance.value === null) await this.#laboratory.resume();
    });
  }

  choose(experiment: ExperimentName): void {
    this.experiment.value = experiment;
    this.selected.value = null;
  }

  /** Makes the runs that are missing. Throws `run/busy` and what else the laboratory throws. */
  start(): Promise<void> {
    return this.#waiting('start', () => this.#laboratory.start({ experiment: this.experiment.value, preset: this.preset.value, seeds: this.seeds.value }));
  }

  stop(): Promise<void> {
    return this.#waiting('stop', () => this.#laboratory.stop());
  }

  clear(): Promise<void> {
    this.selected.value = null;
    return this.#waiting('clear', () => this.#laboratory.clear());
  }

  /** How long a run of a preset takes: the mean over those that were made; null where none was. */
  secondsOfOne(preset: PresetName): number | null {
    return estimate(this.state.value.outcomes.filter((outcome) => outcome.preset === preset).map(({ seconds }) => seconds))?.mean ?? null;
  }

  /** The run that a variant of the chosen experiment has for a seed. */
  runOf(variant: string, seed: number): string | undefined {
    return plan([this.experiment.value], this.wish.value).find((run) => run.seed === seed && run.uses.some((use) => use.variant === variant))?.id;
  }

  reportHtml(run: string): Promise<string> {
    return this.#laboratory.reportHtml(run);
  }

  #hear(event: LaboratoryEvent): void {
    if (event.type === 'error') return this.#onError(event.error);
    if (event.type === 'progress') {
      const { type: _, ...progress } = event.progress;
      this.progress.value = progress;
      return;
    }
    // The bar belongs to one run.
    if (event.state.present?.run !== this.state.value.present?.run) this.progress.value = null;
    this.state.value = event.state;
  }

  async #waiting(what: Waiting, work: () => Promise<void>): Promise<void> {
    this.pending.value = what;
    try {
      await work();
    } finally {
      this.pending.value = null;
    }
  }
}
