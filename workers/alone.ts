/** Who may conduct: one thread at a time among all tabs, whether it holds a run or experiments. */
import { ComdError } from '../src/errors';

/** A reloaded page's former conductor lets go of the lock when its step is done: seconds on a busy machine. */
const patienceMs = 20_000;

/** Runs `work` while nobody else conducts: all share one device and one store. Throws `run/busy` where somebody does, in the words given. */
export async function alone(work: () => Promise<void>, busy: { message: string; remedy: string }): Promise<void> {
  let held = false;
  try {
    await navigator.locks.request('comd-web conductor', { signal: AbortSignal.timeout(patienceMs) }, async () => {
      held = true;
      await work();
    });
  } catch (cause) {
    if (held) throw cause;
    throw new ComdError('run/busy', busy.message, busy.remedy, { cause });
  }
}
