/** The worker of own data as the plain interface that the data screen knows. */
import { proxy, wrap } from 'comlink';
import '../../workers/transfer';
import type { DataLibrary } from '../../workers/data-protocol';
import { watch } from '../../workers/thread';
import { persistStorage } from '../checkpoint/library/persist';

/** Starts the thread of own data. Once it breaks, every call fails with what broke it. */
export function connectData(): DataLibrary {
  const worker = new Worker(new URL('../../workers/data.ts', import.meta.url), { type: 'module', name: 'data' });
  const { orEnd } = watch(worker, 'data', 'Reload the page: what was taken in whole stays, and what was not is cleared.');
  const remote = wrap<DataLibrary>(worker);
  return {
    list: () => orEnd(remote.list()),
    room: () => orEnd(remote.room()),
    preview: (files, encoding) => orEnd(remote.preview(files, encoding)),
    take(files, wishes, onProgress) {
      // A worker cannot ask for it, and without it the browser may clear what was taken in when the disk runs full.
      void persistStorage();
      return orEnd(remote.take(files, wishes, proxy(onProgress)));
    },
    cancel: () => orEnd(remote.cancel()),
    remove: (id) => orEnd(remote.remove(id)),
    archive: (id, format) => orEnd(remote.archive(id, format)),
  };
}
