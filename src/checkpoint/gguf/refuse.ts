/** How a GGUF file is refused. */
import { ComdError } from '../../errors';

/** The file contradicts itself or the format; `what` names the tensor or key, what was expected and what was found. */
export function corrupt(file: string, what: string): ComdError {
  return new ComdError('checkpoint/corrupt', `${file}: ${what}`, 'Fetch the file again; if it stays so, it was written wrongly: convert the model again with llama.cpp.');
}

/** The file may be in order, but asks for what is not there. */
export function unsupported(file: string, what: string, remedy: string): ComdError {
  return new ComdError('checkpoint/unsupported', `${file}: ${what}`, remedy);
}
