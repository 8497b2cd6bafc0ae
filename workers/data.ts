/** The thread of own data: gives it the browser's decoder and lock and exposes it. It decides nothing. */
import * as Comlink from 'comlink';
import { ComdError } from '../src/errors';
import { OwnDataLibrary } from '../src/pools/own/library';
import { room } from '../src/pools/own/room';
import './transfer';

/** Another tab that deletes something is done in a moment; one that takes data in is not. */
const patienceMs = 2_000;

async function alone<T>(work: () => Promise<T>): Promise<T> {
  let held = false;
  try {
    return await navigator.locks.request('comd-web own data', { signal: AbortSignal.timeout(patienceMs) }, () => {
      held = true;
      return work();
    });
  } catch (cause) {
    throw held ? cause : new ComdError('run/busy', 'Another tab is taking data in.', 'Wait until it is done, or cancel it there.', { cause });
  }
}

Comlink.expose(new OwnDataLibrary({
  alone,
  decodes: async (bytes) => (await createImageBitmap(bytes)).close(),
  room,
}));
