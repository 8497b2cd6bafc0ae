/** Which works of models there are to be measured, and on what. They are done only when they are asked for by name. */
import { modelWorks, smolLm2, usual, type ModelCase, type ModelWork } from '../../../src/bench/models/work';
import { architectures, backends, tasks } from '../../../src/bench/work';
import type { Scheme } from '../../../src/settings';
import type { Wishes } from './implementations';

/** What may be said of them beside where and which; all as it is usual where nothing is said. */
export interface ModelWishes {
  weights?: Scheme;
  recompute?: boolean;
  layers?: number;
  tokens?: number;
  threads?: number;
}

/** Words that ask for one of them, and are none of the other works'. */
export const modelWords: readonly string[] = [...new Set(modelWorks.flatMap((work) => work.split(' ')))]
  .filter((word) => ![...tasks, ...architectures].some((known) => known === word));

/** Those whose names hold all of the words, of which at least one has to be none of the other works'. */
export function modelCasesOf({ runtime, backend: wanted, implementation = 'ours', work: words, ...wishes }: Wishes & ModelWishes): ModelCase[] {
  if (implementation !== 'ours' || !words.some((word) => modelWords.includes(word))) return [];
  const works = modelWorks.filter((work) => words.every((word) => work.split(' ').includes(word)) && can(work, runtime, wishes));
  const possible = runtime === 'dawn' ? ['webgpu'] as const : backends;
  return possible.filter((backend) => wanted === undefined || backend === wanted)
    .flatMap((backend) => works.map((work) => caseOf(work, { backend, runtime, implementation, threads: wishes.threads }, wishes)));
}

/** Packed weights are frozen, and the student's files are a page's to serve. */
function can(work: ModelWork, runtime: Wishes['runtime'], { weights = 'f32' }: ModelWishes): boolean {
  const trainsDecoder = work === 'train smollm2' || work === 'tune student';
  return !(trainsDecoder && weights !== 'f32') && !(work === 'tune student' && runtime === 'dawn');
}

function caseOf(work: ModelWork, where: Pick<ModelCase, 'backend' | 'runtime' | 'implementation' | 'threads'>, wishes: ModelWishes): ModelCase {
  if (work === 'tune student') return { work, ...where };
  const { weights, tokens } = usual[work];
  return {
    work, ...where, weights: wishes.weights ?? weights, tokens: wishes.tokens ?? tokens, layers: wishes.layers ?? smolLm2.layers,
    recompute: (wishes.recompute ?? false) && work !== 'decode smollm2',
  };
}
