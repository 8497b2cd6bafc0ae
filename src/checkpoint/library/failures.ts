/** What can go wrong with a kept model, as errors that a person can act on. */
import { ComdError } from '../../errors';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** `needed` and `free` in bytes. */
export function noRoom(name: string, needed: number, free: number, cause?: unknown): ComdError {
  return new ComdError(
    'checkpoint/quota',
    `There is no room for "${name}": it needs ${megabytes(needed)}, and ${free < needed ? `${megabytes(free)} are free for this page` : `the disk is full, although the browser expected ${megabytes(free)} to be free`}.`,
    'Remove kept models that you no longer need, free disk space, and use no private window; what was kept before is still there.',
    { cause },
  );
}

export function cancelled(name: string): ComdError {
  return new ComdError('checkpoint/cancelled', `Keeping "${name}" was cancelled.`, 'Nothing of it is left; start it again whenever you like.');
}

export function busy(what: string, cause?: unknown): ComdError {
  return new ComdError('run/busy', `${what} is being worked on, here or in another tab.`, 'Wait until that is done, or cancel it first.', { cause });
}

/** A file that is not what was written down for it. */
export function mismatch(file: string, expected: string, found: string, remedy: string): ComdError {
  return new ComdError('checkpoint/corrupt', `${file}: expected ${expected}, found ${found}.`, remedy);
}

const clearedRemedy = 'The browser cleared it, or part of it: remove the model from the library and keep it again.';

/** No such model in the library, or one of its files is gone. */
export function gone(what: string, cause?: unknown): ComdError {
  return new ComdError('checkpoint/missing-file', `${what} is not in the library.`, clearedRemedy, { cause });
}

/** A stored file that is shorter or longer than its record says. */
export function cut(file: string, expected: number, found: number): ComdError {
  return mismatch(file, `${expected} bytes`, `${found} in the library`, clearedRemedy);
}
