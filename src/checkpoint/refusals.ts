/** What can be wrong with a file of a checkpoint wherever it comes from, as errors that a person can act on. */
import { ComdError } from '../errors';
import { longestText } from './source';

/** A file that must be there and is not. */
export function missingFile(address: string): ComdError {
  return new ComdError(
    'checkpoint/missing-file',
    `${address} is not there.`,
    'Check the address of the checkpoint folder and that all its files were copied.',
  );
}

/** Reading that its caller ended. */
export function cancelled(address: string): ComdError {
  return new ComdError('checkpoint/cancelled', `Reading ${address} was cancelled.`, 'Load the model again when you want it.');
}

/** A text file that is too long to be one. */
export function tooLong(address: string, found: string): ComdError {
  return new ComdError(
    'checkpoint/corrupt',
    `${address} must be a text of at most ${longestText} bytes, but has ${found}.`,
    'This is no configuration or tokenizer: check what the file is.',
  );
}

/** A file that ends before what is in it does. */
export function tooShort(address: string, needed: number, found: string): ComdError {
  return new ComdError(
    'checkpoint/corrupt', `${address} is truncated: ${needed} bytes are needed, but it ends after ${found}.`,
    'Fetch or export the file again; the copy is incomplete.',
  );
}
