/** The laboratory's worker as the plain interface that the experiments screen knows. */
import { proxy, wrap } from 'comlink';
import '../../workers/transfer';
import type { Laboratory } from '../../workers/protocol';
import { watch } from '../../workers/thread';

/** Starts the laboratory's thread. Once it breaks, every call fails with what broke it. */
export function connectLaboratory(): Laboratory {
  const worker = new Worker(new URL('../../workers/laboratory.ts', import.meta.url), { type: 'module', name: 'laboratory' });
  const { orEnd } = watch(worker, 'laboratory', 'Reload the page: what was made is kept, and the run that was under way is made anew.');
  const remote = wrap<Laboratory>(worker);
  return {
    listen: (callback) => orEnd(remote.listen(proxy(callback))),
    start: (wish) => orEnd(remote.start(wish)),
    resume: () => orEnd(remote.resume()),
    stop: () => orEnd(remote.stop()),
    reportHtml: (run) => orEnd(remote.reportHtml(run)),
    clear: () => orEnd(remote.clear()),
  };
}
