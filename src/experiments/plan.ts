/**
 * The runs that experiments need, each once: a run is known by its preset and settings, so that what several variants
 * or experiments share is made for all of them. It makes none.
 */
import { hash } from '../random';
import { type PresetName, settingsOf } from '../presets';
import type { Settings } from '../settings';
import type { ExperimentName } from './catalogue';
import { experimentOf } from './catalogue';
import type { Variant } from './experiment';
import type { Outcome } from './outcome';

/** What all runs of a series have in common. */
export interface Wish {
  preset: PresetName;
  /** Every variant is run with the seeds 1 to this. */
  seeds: number;
  /** What the user set by hand; a variant's own settings come on top. */
  overrides: Partial<Settings>;
}

/** Where a run is used. */
export interface Use {
  experiment: ExperimentName;
  /** The label of the variant. */
  variant: string;
}

export interface PlannedRun {
  id: string;
  preset: PresetName;
  seed: number;
  settings: Settings;
  uses: Use[];
}

/** 64 bits in hexadecimal that follow from preset and settings, in whatever order those stand. */
export function runId(preset: PresetName, settings: Settings): string {
  const text = JSON.stringify([preset, Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))]);
  return [text, [...text].reverse().join('')].map((way) => hash(way).toString(16).padStart(8, '0')).join('');
}

export function settingsFor({ preset, overrides }: Wish, variant: Variant, seed: number): Settings {
  return settingsOf(preset, { ...overrides, ...variant.settings, seed });
}

/**
 * All runs of some experiments. The first seed comes whole before the second, so that a series which is ended early has
 * seen every variant.
 */
export function plan(names: readonly ExperimentName[], wish: Wish): PlannedRun[] {
  const runs = new Map<string, PlannedRun>();
  for (let seed = 1; seed <= wish.seeds; seed++) {
    for (const experiment of names) {
      for (const variant of experimentOf(experiment).variants) {
        const settings = settingsFor(wish, variant, seed);
        const id = runId(wish.preset, settings);
        const run = runs.get(id) ?? { id, preset: wish.preset, seed, settings, uses: [] };
        run.uses.push({ experiment, variant: variant.label });
        runs.set(id, run);
      }
    }
  }
  return [...runs.values()];
}

/** Whether an outcome is what `run` would give: made with the same settings by the same version. */
export function isOf({ preset, settings }: Pick<PlannedRun, 'preset' | 'settings'>, version: string, made: Pick<Outcome, 'preset' | 'settings' | 'version'>): boolean {
  return made.version === version && runId(made.preset, made.settings) === runId(preset, settings);
}
