/** The thread of the model that is asked, as the plain interface that the models screen knows. */
import { remoteModel } from '../../workers/remote-model';
import type { AskedModel } from './models/ask-session';

/** Starts a thread for one model; a thread that is closed gives its memory back, which a WASM heap never does. */
export function connectModel(): AskedModel {
  const worker = new Worker(new URL('../../workers/model.ts', import.meta.url), { type: 'module', name: 'asked' });
  return remoteModel(worker, 'model', 'Load the model again; pick smaller weights, or close other programs, if memory is short.');
}
