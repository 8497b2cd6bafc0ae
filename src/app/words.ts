/** What a run is doing, in words: for the status line and for those who listen to the page. */
import type { Phase, RunState } from '../comd/events';
import type { Progress } from './state';

const doing: Record<Phase, string> = {
  load: 'loading the models', align: 'aligning', tune: 'tuning', evaluate: 'evaluating', assess: 'assessing', augment: 'augmenting', save: 'saving',
};

export const stateWords: Record<RunState, string> = {
  idle: 'Ready', running: 'Running', paused: 'Paused', stopped: 'Stopped', finished: 'Finished', failed: 'Failed',
};

/** `Iteration 2 of 4: assessing`, `Stage 1: aligning` or `Loading the models`. */
export function phaseText(progress: Pick<Progress, 'iteration' | 'phase'>, iterations: number): string {
  const { iteration, phase } = progress;
  if (iteration > 0) return `Iteration ${iteration} of ${iterations}: ${doing[phase]}`;
  if (phase === 'load' || phase === 'save') return capital(doing[phase]);
  return phase === 'align' ? 'Stage 1: aligning' : `Before stage 2: ${doing[phase]}`;
}

/** One sentence beside the state, without running counts, so that it changes only when something does. */
export function statusText(state: RunState, progress: Progress | null, iterations: number): string {
  if (state === 'finished') return `${iterations} ${iterations === 1 ? 'iteration is' : 'iterations are'} done.`;
  if (state === 'stopped') return 'What it has stored stays until a new run begins.';
  if (progress !== null) return `${phaseText(progress, iterations)}.`;
  return state === 'running' ? 'Opening the models.' : 'Nothing has run yet.';
}

/** What came of adding records to the pools of a paused run. */
export function addedText(records: number): string {
  return records === 1 ? 'Added 1 record; it joins from the next iteration.' : `Added ${records} records; they join from the next iteration.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
