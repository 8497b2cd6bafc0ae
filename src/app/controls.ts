/** Which buttons can be pressed when. No drawing, no effects. */
import type { RunState } from '../comd/events';
import type { Command } from './session';

export type Button = Exclude<Command, 'open'>;

/** Whether each button does something in this state. Nothing does while a command is unanswered. */
export function controlsOf(state: RunState, stored: boolean, pending: Command | null): Record<Button, boolean> {
  const free = pending === null;
  const held = stored && (state === 'paused' || state === 'failed');
  return {
    start: free && state !== 'running',
    pause: free && state === 'running',
    resume: free && held,
    stop: free && (state === 'running' || held),
    add: free && stored && state === 'paused',
    download: free && stored && (state === 'paused' || state === 'stopped' || state === 'finished'),
  };
}
