/**
 * The two model threads as the conductor holds them: started together, each a plain {@link ModelWorker}. Nothing here
 * knows what they are asked.
 */
import * as Comlink from 'comlink';
import type { Models } from '../src/comd/conduct';
import { ComdError } from '../src/errors';
import type { ModelWorker } from './protocol';
import './transfer';

/** Starts both threads; nothing is loaded yet. */
export function openModels(): Models {
  const threads = {
    student: new Worker(new URL('./student.ts', import.meta.url), { type: 'module', name: 'student' }),
    teacher: new Worker(new URL('./teacher.ts', import.meta.url), { type: 'module', name: 'teacher' }),
  };
  return {
    student: modelIn(threads.student, 'student'),
    teacher: modelIn(threads.teacher, 'teacher'),
    close: () => { for (const thread of Object.values(threads)) thread.terminate(); },
  };
}

/** The model of a thread. When the thread breaks, calls fail that would else never be answered. */
function modelIn(thread: Worker, role: 'student' | 'teacher'): ModelWorker {
  const broken = new Promise<never>((_, reject) => {
    thread.addEventListener('error', (event) => reject(new ComdError(
      'device/lost',
      `The ${role}'s thread broke: ${event.message || 'its script could not be loaded'}.`,
      'Resume the run: it goes on from what it has stored. Close other programs if memory is short.',
    )));
  });
  broken.catch(() => undefined);
  const remote = Comlink.wrap<ModelWorker>(thread);
  const orBreak = <T>(call: Promise<T>): Promise<T> => Promise.race([call, broken]);
  return {
    load: (place, options, onShard) => orBreak(remote.load(place, options, Comlink.proxy(onShard))),
    missing: (images) => orBreak(remote.missing(images)),
    see: (images) => orBreak(remote.see(Comlink.transfer(images, images.map(({ pixels }) => pixels.data.buffer)))),
    generate: (requests, options) => orBreak(remote.generate(requests, options)),
    answer: (request, options, onText) => orBreak(remote.answer(request, options, Comlink.proxy(onText))),
    logits: (request) => orBreak(remote.logits(request)),
    beginTraining: (options) => orBreak(remote.beginTraining(options)),
    step: (batch, rate) => orBreak(remote.step(batch, rate)),
    loss: (batch) => orBreak(remote.loss(batch)),
    snapshot: () => orBreak(remote.snapshot()),
    restore: (snapshot) => orBreak(remote.restore(Comlink.transfer(snapshot, [snapshot.buffer]))),
    save: () => orBreak(remote.save()),
    memory: () => orBreak(remote.memory()),
    dispose: () => orBreak(remote.dispose()),
  };
}
