/** Which implementation can do what and where, and so which cases there are. It knows no code of theirs. */
import type { Case } from '../../../src/bench/row';
import { architectures, backends, implementations, tasks, type Architecture, type Backend, type Implementation, type Runtime, type Task } from '../../../src/bench/work';

interface Reach {
  backends: readonly Backend[];
  architectures: readonly Architecture[];
  tasks: readonly Task[];
  runtimes: readonly Runtime[];
}

const reach: Record<Implementation, Reach> = {
  ours: { backends, architectures, tasks, runtimes: ['chromium', 'dawn'] },
  stock: { backends, architectures, tasks, runtimes: ['chromium', 'dawn'] },
  // It has an architecture of its own, and nothing for WASM.
  nanogpt: { backends: ['webgpu'], architectures: ['nano'], tasks, runtimes: ['chromium'] },
  'jax-js': { backends, architectures, tasks, runtimes: ['chromium'] },
  // It trains nothing.
  'transformers.js': { backends, architectures: ['llama'], tasks: ['decode'], runtimes: ['chromium'] },
};

/** What is to be measured; undefined where everything is. */
export interface Wishes {
  runtime: Runtime;
  backend?: Backend;
  implementation?: Implementation;
  /** Words that the work has to hold. */
  work: readonly string[];
}

/** All cases that are wanted and can be, those of one work and backend together. */
export function casesOf({ runtime, backend: wantedBackend, implementation: wanted, work }: Wishes): Case[] {
  // Node has WASM too, but then it is not Dawn that is measured.
  const possible = runtime === 'dawn' ? ['webgpu'] as const : backends;
  return possible.filter((backend) => wantedBackend === undefined || backend === wantedBackend).flatMap((backend) =>
    tasks.flatMap((task) => architectures.flatMap((architecture) => implementations
      .filter((implementation) => wanted === undefined || implementation === wanted)
      .filter((implementation) => covers(reach[implementation], { task, architecture, backend, runtime, implementation }))
      .filter(() => work.every((word) => word === task || word === architecture))
      .map((implementation): Case => ({ task, architecture, backend, runtime, implementation })))));
}

function covers(to: Reach, { task, architecture, backend, runtime }: Case): boolean {
  return to.tasks.includes(task) && to.architectures.includes(architecture) && to.backends.includes(backend) && to.runtimes.includes(runtime);
}
