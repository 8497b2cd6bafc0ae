/** The flags of `npm run bench`, read and checked. */
import { architectures, backends, implementations, tasks, type Runtime } from '../../../src/bench/work';
import { ComdError } from '../../../src/errors';
import { numberIn, oneOf, readFlags } from '../../flags';
import type { Wishes } from './implementations';

const runtimes = ['chromium', 'dawn'] as const satisfies readonly Runtime[];

export interface BenchWishes extends Wishes {
  json?: string;
  /** Steps that count, of each. */
  steps?: number;
  adapter?: 'hardware' | 'software';
}

export const help = `npm run bench -- [--json FILE] [--backend webgpu|wasm] [--implementation NAME] [--work TEXT]

  --json FILE            writes all figures there too
  --work TEXT            only the works that hold all of the words: ${tasks.join(', ')}, ${architectures.join(', ')}
  --backend NAME         only on ${backends.join(' or ')}
  --implementation NAME  only one of ${implementations.join(', ')}
  --steps N              steps that count, of each (10; on a GPU 30, and 3 of training where the CPU computes WebGPU)
  --runtime NAME         chromium, or dawn: WebGPU in Node, ours and stock (chromium)
  --adapter KIND         hardware or software for WebGPU in Chromium (hardware where there is some)`;

const flags = {
  json: { type: 'string' },
  work: { type: 'string', default: '' },
  backend: { type: 'string' },
  implementation: { type: 'string' },
  steps: { type: 'string' },
  runtime: { type: 'string', default: 'chromium' },
  adapter: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Throws `settings/invalid` naming what is wrong and what is allowed. */
export function readWishes(args: string[]): BenchWishes | 'help' {
  const values = readFlags(args, flags);
  if (values.help) return 'help';
  const work = values.work.split(/\s+/).filter(Boolean);
  const stranger = work.find((word) => ![...tasks, ...architectures].some((known) => known === word));
  if (stranger !== undefined) {
    throw new ComdError('settings/invalid', `--work cannot hold "${stranger}".`, `Give some of ${[...tasks, ...architectures].join(', ')}.`);
  }
  return {
    work, runtime: oneOf('runtime', values.runtime, runtimes), json: values.json,
    backend: values.backend === undefined ? undefined : oneOf('backend', values.backend, backends),
    implementation: values.implementation === undefined ? undefined : oneOf('implementation', values.implementation, implementations),
    steps: values.steps === undefined ? undefined : numberIn('steps', values.steps, 1, 1000, true),
    adapter: values.adapter === undefined ? undefined : oneOf('adapter', values.adapter, ['hardware', 'software']),
  };
}
