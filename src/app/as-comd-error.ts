/** Whatever was thrown, as an error that can be shown. */
import { ComdError } from '../errors';

/** `remedy` is for what nobody foresaw. */
export function asComdError(error: unknown, remedy: string): ComdError {
  if (error instanceof ComdError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ComdError('run/unexpected', `Something went wrong that nobody foresaw: ${message}`, remedy, { cause: error });
}
