/** The library's worker as the plain interface that the models screen knows. */
import { proxy, wrap } from 'comlink';
import '../../workers/transfer';
import type { Library } from '../../workers/protocol';
import { watch } from '../../workers/thread';
import { persistStorage } from '../checkpoint/library/persist';

/** Starts the library's thread. Once it breaks, every call fails with what broke it. */
export function connectLibrary(): Library {
  const worker = new Worker(new URL('../../workers/library.ts', import.meta.url), { type: 'module', name: 'library' });
  const { orEnd } = watch(worker, 'library', 'Reload the page: what is kept stays, and a download that broke off can be resumed.');
  const remote = wrap<Library>(worker);
  return {
    list: () => orEnd(remote.list()),
    unfinished: () => orEnd(remote.unfinished()),
    room: () => orEnd(remote.room()),
    keep(place, onProgress) {
      // A worker cannot ask for it, and without it the browser may clear what was kept when the disk runs full.
      void persistStorage();
      return orEnd(remote.keep(place, proxy(onProgress)));
    },
    cancel: () => orEnd(remote.cancel()),
    verify: (id, onProgress) => orEnd(remote.verify(id, proxy(onProgress))),
    remove: (id) => orEnd(remote.remove(id)),
    compose: (parts, onProgress) => orEnd(remote.compose(parts, proxy(onProgress))),
    archive: (id) => orEnd(remote.archive(id)),
  };
}
