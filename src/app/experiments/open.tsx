/** What the page loads when the experiments screen is opened for the first time. */
import { computed, effect } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { Laboratory } from '../../../workers/protocol';
import { connectLaboratory } from '../connect-laboratory';
import { Faults } from '../models/faults';
import type { Session } from '../session';
import { ExperimentsScreen } from '../view/experiments/ExperimentsScreen';
import '../view/experiments/experiments.css';
import { ExperimentsSession } from './experiments-session';
import { hindranceOf } from './words';

/** What every part of the screen may need. */
export interface ExperimentsPage {
  session: ExperimentsSession;
  faults: Faults;
}

/** Listens to the laboratory and gives the screen. A series goes on while other screens are shown. */
export function openExperiments(run: Session, start: () => Laboratory = connectLaboratory): ComponentType {
  const faults = new Faults();
  const hindrance = computed(() => hindranceOf(run.view.value.state, run.pending.value));
  const session = new ExperimentsSession(start(), hindrance, (error) => { faults.error.value = error; });
  effect(() => { run.experimenting.value = session.running.value || session.pending.value === 'start'; });
  const page: ExperimentsPage = { session, faults };
  void faults.attempt(() => session.open(opened(run)));
  return () => <ExperimentsScreen page={page} />;
}

/** Resolves once it is known whether a run is under way. */
function opened({ pending }: Session): Promise<void> {
  return new Promise((resolve) => {
    const end = effect(() => {
      if (pending.value === 'open') return;
      resolve();
      // Not at once: the effect has no name yet while it runs for the first time.
      queueMicrotask(() => end());
    });
  });
}
