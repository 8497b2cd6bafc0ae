/**
 * The conductor's thread: gives the owner of the run its threads, its storage and its lock, and exposes it. It decides
 * nothing.
 */
import * as Comlink from 'comlink';
import * as store from '../src/checkpoint/store';
import { type Models, RunConductor } from '../src/comd/conduct';
import { openDataSet } from '../src/data/datasets';
import { ComdError } from '../src/errors';
import { reportHtml } from '../src/experiments/report-html';
import type { ModelWorker } from './protocol';
import './transfer';

/** The page's folder: this script lies one folder below it, in the source as in the build. */
const base = new URL('../', self.location.href).href;

/** A reloaded page's former conductor may take a moment to let go of the lock. */
const patienceMs = 3_000;

function openModels(): Models {
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
    load: (url, backend, onShard) => orBreak(remote.load(url, backend, Comlink.proxy(onShard))),
    missing: (images) => orBreak(remote.missing(images)),
    see: (images) => orBreak(remote.see(Comlink.transfer(images, images.map(({ pixels }) => pixels.data.buffer)))),
    generate: (requests, options) => orBreak(remote.generate(requests, options)),
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
