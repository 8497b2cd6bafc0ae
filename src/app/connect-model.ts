/** The thread of the model that is asked, as the plain interface that the models screen knows. */
import { proxy, transfer, wrap } from 'comlink';
import '../../workers/transfer';
import type { ModelWorker } from '../../workers/protocol';
import type { AskedModel } from './models/ask-session';
import { watch } from './thread';

/** Starts a thread for one model; a thread that is closed gives its memory back, which a WASM heap never does. */
export function connectModel(): AskedModel {
  const worker = new Worker(new URL('../../workers/asked.ts', import.meta.url), { type: 'module', name: 'asked' });
  const { orEnd, close } = watch(worker, 'model', 'Load the model again; pick smaller weights, or close other programs, if memory is short.');
  const remote = wrap<ModelWorker>(worker);
  return {
    load: (place, options, onShard) => orEnd(remote.load(place, options, proxy(onShard))),
    missing: (images) => orEnd(remote.missing(images)),
    see: (images) => orEnd(remote.see(transfer(images, images.map(({ pixels }) => pixels.data.buffer)))),
    answer: (request, options, onText) => orEnd(remote.answer(request, options, proxy(onText))),
    logits: (request) => orEnd(remote.logits(request)),
    close,
  };
}
