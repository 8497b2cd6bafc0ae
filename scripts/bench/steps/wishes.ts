/** The flags of `npm run bench`, read and checked. */
import { architectures, backends, implementations, tasks, type Runtime } from '../../../src/bench/work';
import { modelWorks, smolLm2, usual } from '../../../src/bench/models/work';
import { ComdError } from '../../../src/errors';
import { numberIn, oneOf, readFlags } from '../../flags';
import { schemes } from '../../../src/settings';
import type { Wishes } from './implementations';
import { modelWords, type ModelWishes } from './model-cases';

const runtimes = ['chromium', 'dawn'] as const satisfies readonly Runtime[];

export interface BenchWishes extends Wishes, ModelWishes {
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
  --adapter KIND         hardware or software for WebGPU in Chromium (hardware where there is some)

Works of models that are really trained, by this project alone and only where --work names them: ${modelWorks.join(', ')}
(the first three: SmolLM2-135M's shape with random weights; the last: the bundled student, in Chromium).

  --weights SCHEME       how SmolLM2's matrices are kept: ${schemes.join(', ')} (f32; int4 for decoding; train and tune: f32 alone)
  --recompute            SmolLM2's layers are computed again for their gradient
  --layers N             only so many of SmolLM2's ${smolLm2.layers} layers, for a trial
  --tokens N             of its sequence (${usual['train smollm2'].tokens}), or of the prompt that decoding goes on from (${usual['decode smollm2'].tokens})
  --threads N            of WASM (one a processor, at most 8)`;

const flags = {
  json: { type: 'string' },
  work: { type: 'string', default: '' },
  backend: { type: 'string' },
  implementation: { type: 'string' },
  steps: { type: 'string' },
  runtime: { type: 'string', default: 'chromium' },
  adapter: { type: 'string' },
  weights: { type: 'string' },
  recompute: { type: 'boolean' },
  layers: { type: 'string' },
  tokens: { type: 'string' },
  threads: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

type ModelValues = Partial<Record<'weights' | 'layers' | 'tokens' | 'threads', string>> & { recompute?: boolean };

/** Throws `settings/invalid` naming what is wrong and what is allowed. */
export function readWishes(args: string[]): BenchWishes | 'help' {
  const values = readFlags(args, flags);
  if (values.help) return 'help';
  const work = values.work.split(/\s+/).filter(Boolean);
  const known: readonly string[] = [...tasks, ...architectures, ...modelWords];
  const stranger = work.find((word) => !known.includes(word));
  if (stranger !== undefined) throw new ComdError('settings/invalid', `--work cannot hold "${stranger}".`, `Give some of ${known.join(', ')}.`);
  return {
    work, runtime: oneOf('runtime', values.runtime, runtimes), json: values.json,
    backend: values.backend === undefined ? undefined : oneOf('backend', values.backend, backends),
    implementation: values.implementation === undefined ? undefined : oneOf('implementation', values.implementation, implementations),
    steps: values.steps === undefined ? undefined : numberIn('steps', values.steps, 1, 1000, true),
    adapter: values.adapter === undefined ? undefined : oneOf('adapter', values.adapter, ['hardware', 'software']),
    ...modelWishes(values, work),
  };
}

/** What is said of the works of models alone. */
function modelWishes({ weights, recompute, layers, tokens, threads }: ModelValues, work: readonly string[]): ModelWishes {
  const [given] = Object.entries({ weights, recompute, layers, tokens, threads }).find(([, value]) => value !== undefined) ?? [];
  if (given !== undefined && !work.some((word) => modelWords.includes(word))) {
    throw new ComdError('settings/invalid', `--${given} says something of works that are not wanted.`, `Give --work with ${modelWords.join(' or ')}, or leave the flag out.`);
  }
  return {
    recompute,
    weights: weights === undefined ? undefined : oneOf('weights', weights, schemes),
    layers: layers === undefined ? undefined : numberIn('layers', layers, 1, smolLm2.layers, true),
    tokens: tokens === undefined ? undefined : numberIn('tokens', tokens, 1, 8192, true),
    threads: threads === undefined ? undefined : numberIn('threads', threads, 1, 8, true),
  };
}
