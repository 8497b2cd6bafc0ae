/** The conductor's worker as the plain interface that the page knows. Nothing else on the page knows of threads. */
import { proxy, wrap } from 'comlink';
import '../../workers/transfer';
import type { Conductor } from '../../workers/protocol';
import { ComdError } from '../errors';

/** Starts the conductor's thread. `onCrash` hears of a thread that cannot be loaded or throws outside of any call. */
export function connect(onCrash: (error: ComdError) => void): Conductor {
  const worker = new Worker(new URL('../../workers/conductor.ts', import.meta.url), { type: 'module', name: 'conductor' });
  worker.addEventListener('error', (event) => onCrash(new ComdError(
    'run/unexpected',
    `The conductor's thread broke: ${event.message || 'its script could not be loaded'}.`,
    'Reload the page: a run that was under way goes on from what it has stored.',
  )));
  const remote = wrap<Conductor>(worker);
  return {
    listen: (callback) => remote.listen(proxy(callback)),
    state: () => remote.state(),
    start: (preset, settings) => remote.start(preset, settings),
    pause: () => remote.pause(),
    resume: () => remote.resume(),
    stop: () => remote.stop(),
    discard: () => remote.discard(),
    importPool: (file) => remote.importPool(file),
    download: () => remote.download(),
    report: () => remote.report(),
    chatPrompt: (preset, settings, role, turn) => remote.chatPrompt(preset, settings, role, turn),
    pixels: (image) => remote.pixels(image),
  };
}
