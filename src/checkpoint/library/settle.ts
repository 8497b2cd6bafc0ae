/** How work on a model ends: well, by the person's wish, or by a failure that decides what stays of it. */
import { ComdError } from '../../errors';
import { cancelled } from './failures';
import type { ModelWriter } from './model-writer';

/** Does the work of a writer; where it fails, what it wrote goes, or stays for a later call if only the network failed. */
export async function settled<T>(writer: ModelWriter, name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const failure = signal.aborted ? cancelled(name) : cause;
    const passing = failure instanceof ComdError && failure.code === 'checkpoint/unreachable';
    // The failure itself is what the user must know; what cannot be cleared now is cleared when the library opens again.
    await (passing ? writer.leave() : writer.abandon()).catch(() => undefined);
    throw failure;
  }
}

/** The promise's value, unless the signal comes first: for what takes no signal itself. Throws `checkpoint/cancelled`. */
export function orCancelled<T>(promise: Promise<T>, name: string, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = (): void => reject(cancelled(name));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject);
  });
}
