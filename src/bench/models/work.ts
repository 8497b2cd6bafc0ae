/**
 * Work at the size of models that are really trained, which this project alone is measured at: SmolLM2-135M's shape with random
 * weights, and the bundled student. Here is what there is to be done and on what; how it is done is in `smollm2.ts` and
 * `student.ts`.
 */
import type { Scheme } from '../../settings';
import type { Backend, Runtime } from '../work';

/** What a case is called, by the words that it is asked for with. */
export const modelWorks = ['train smollm2', 'adapt smollm2', 'decode smollm2', 'tune student'] as const;
export type ModelWork = (typeof modelWorks)[number];

interface Anywhere {
  backend: Backend;
  runtime: Runtime;
  implementation: 'ours';
  /** On WASM, that our kernels run on; as many as there are processors when undefined. */
  threads?: number;
}

export interface SmolLm2Case extends Anywhere {
  work: Exclude<ModelWork, 'tune student'>;
  /** How the matrices are kept. */
  weights: Scheme;
  /** Whether a step's layers are computed again for their gradient. */
  recompute: boolean;
  /** Those of the model, or fewer for a trial. */
  layers: number;
  /** Of the one sequence of a step, or of the prompt that decoding goes on from. */
  tokens: number;
}

export interface StudentCase extends Anywhere {
  work: 'tune student';
}

/** What one measurement is of. */
export type ModelCase = SmolLm2Case | StudentCase;

/** A decoder of the Llama family as far as its products go: a part of {@link DecoderConfig}. */
export interface DecoderShape {
  hidden: number;
  intermediate: number;
  layers: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  vocabulary: number;
}

/** HuggingFaceTB/SmolLM2-135M; its output head is its embedding. */
export const smolLm2 = {
  hidden: 576, intermediate: 1536, layers: 30, heads: 9, kvHeads: 3, headDim: 64, vocabulary: 49_152, theta: 100_000, epsilon: 1e-5,
} as const;

/** How the matrices are kept, and how many tokens there are, where nothing is said. */
export const usual = {
  'train smollm2': { weights: 'f32', tokens: 512 },
  'adapt smollm2': { weights: 'f32', tokens: 512 },
  'decode smollm2': { weights: 'int4', tokens: 128 },
} as const satisfies Record<SmolLm2Case['work'], { weights: Scheme; tokens: number }>;

/** What `adapt smollm2` trains. */
export const adapter = { rank: 8, alpha: 16, targets: ['q_proj', 'v_proj'] } as const;
