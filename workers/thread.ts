/** A worker whose calls fail when it breaks or is ended; comlink alone would leave them unanswered for ever. */
import { ComdError } from '../src/errors';

export interface Thread {
  /** The call's outcome, or how the thread came to its end if that is sooner. */
  orEnd<T>(call: Promise<T>): Promise<T>;
  /** Ends the thread and whatever it is doing; calls under way fail with `checkpoint/cancelled`. */
  close(): void;
}

/** `name` and `remedy` are for the message when the thread breaks. */
export function watch(worker: Worker, name: string, remedy: string): Thread {
  let end: (error: ComdError) => void = () => undefined;
  const ended = new Promise<never>((_, reject) => { end = reject; });
  ended.catch(() => undefined);
  worker.addEventListener('error', (event) => end(new ComdError(
    'run/unexpected', `The ${name}'s thread broke: ${event.message || 'its script could not be loaded'}.`, remedy,
  )));
  return {
    orEnd: (call) => Promise.race([call, ended]),
    close: () => {
      worker.terminate();
      end(new ComdError('checkpoint/cancelled', `The ${name} was closed before it had answered.`, 'Load it again.'));
    },
  };
}
