/**
 * The two model threads as the conductor holds them: started together, each a plain {@link ModelWorker}. Nothing here
 * knows what they are asked.
 */
import type { Models } from '../src/comd/conduct';
import { remoteModel } from './remote-model';

const remedy = 'Resume the run: it goes on from what it has stored. Close other programs if memory is short.';

/** Starts both threads; nothing is loaded yet. */
export function openModels(): Models {
  const student = remoteModel(new Worker(new URL('./student.ts', import.meta.url), { type: 'module', name: 'student' }), 'student', remedy);
  const teacher = remoteModel(new Worker(new URL('./teacher.ts', import.meta.url), { type: 'module', name: 'teacher' }), 'teacher', remedy);
  return {
    student, teacher,
    close() {
      student.close();
      teacher.close();
    },
  };
}
