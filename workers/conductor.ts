/**
 * The conductor's thread: gives the owner of the run its threads, its storage and its lock, and exposes it. It decides
 * nothing.
 */
import * as Comlink from 'comlink';
import * as store from '../src/checkpoint/store';
import { RunConductor } from '../src/comd/conduct';
import { openDataSet } from '../src/data/datasets';
import { ComdError } from '../src/errors';
import { reportHtml } from '../src/experiments/report-html';
import { openModels } from './model-threads';
import './transfer';

/** The page's folder: this script lies one folder below it, in the source as in the build. */
const base = new URL('../', self.location.href).href;

/** A reloaded page's former conductor lets go of the lock when its step is done: seconds on a busy machine. */
const patienceMs = 20_000;

/** One tab at a time may conduct: all tabs share the one database. */
async function alone(work: () => Promise<void>): Promise<void> {
  let held = false;
  try {
    await navigator.locks.request('comd-web conductor', { signal: AbortSignal.timeout(patienceMs) }, async () => {
      held = true;
      await work();
    });
  } catch (cause) {
    if (held) throw cause;
    throw new ComdError('run/busy', 'Another tab is conducting a run.', 'Go on in that tab, or close it.', { cause });
  }
}

const conductor = new RunConductor({
  openModels,
  openDataSet: (name) => openDataSet(name, base),
  modelUrl: (path) => new URL(path, base).href,
  store,
  alone,
  reportHtml,
});
Comlink.expose(conductor);
