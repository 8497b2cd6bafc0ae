/**
 * The threads of a run's models as the conductor holds them, each a plain {@link ModelWorker}. Nothing here knows what
 * they are asked.
 */
import type { Models } from '../src/comd/conduct';
import { type RemoteModel, remoteModel } from './remote-model';

const remedy = 'Resume the run: it goes on from what it has stored. Close other programs if memory is short.';

/** No thread is started yet. */
export function openModels(): Models {
  const open: RemoteModel[] = [];
  return {
    open(role) {
      const worker = new Worker(new URL('./model.ts', import.meta.url), { type: 'module', name: role });
      const model = remoteModel(worker, role, remedy);
      open.push(model);
      return model;
    },
    close() {
      for (const model of open) model.close();
    },
  };
}
