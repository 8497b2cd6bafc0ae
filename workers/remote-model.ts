/** A model in another thread as a plain {@link ModelWorker}: what must be transferred is, and a broken thread fails its calls. */
import * as Comlink from 'comlink';
import type { ModelWorker } from './protocol';
import { watch } from './thread';
import './transfer';

export interface RemoteModel extends ModelWorker {
  /** Ends the thread; calls under way fail with `checkpoint/cancelled`. */
  close(): void;
}

/** `name` and `remedy` are for the message when the thread breaks. */
export function remoteModel(worker: Worker, name: string, remedy: string): RemoteModel {
  const { orEnd, close } = watch(worker, name, remedy);
  const remote = Comlink.wrap<ModelWorker>(worker);
  return {
    close,
    load: (place, options, onShard) => orEnd(remote.load(place, options, Comlink.proxy(onShard))),
    missing: (images) => orEnd(remote.missing(images)),
    see: (images) => orEnd(remote.see(Comlink.transfer(images, images.map(({ pixels }) => pixels.data.buffer)))),
    forget: (images) => orEnd(remote.forget(images)),
    mostAlike: (wishes) => orEnd(remote.mostAlike(wishes)),
    generate: (requests, options) => orEnd(remote.generate(requests, options)),
    answer: (request, options, onText) => orEnd(remote.answer(request, options, Comlink.proxy(onText))),
    logits: (request) => orEnd(remote.logits(request)),
    beginTraining: (options) => orEnd(remote.beginTraining(options)),
    step: (batch, rate) => orEnd(remote.step(batch, rate)),
    loss: (batch) => orEnd(remote.loss(batch)),
    scoreTargets: (examples, k) => orEnd(remote.scoreTargets(examples, k)),
    snapshot: () => orEnd(remote.snapshot()),
    restore: (snapshot) => orEnd(remote.restore(Comlink.transfer(snapshot, [snapshot.buffer]))),
    save: () => orEnd(remote.save()),
    memory: () => orEnd(remote.memory()),
    dispose: () => orEnd(remote.dispose()),
  };
}
