/**
 * What is measured, the same for every implementation: a training step and the decoding of one token, each of two
 * architectures of the same size. `llama` has RMS norms with a gain and SwiGLU. `nano` is that of `@genai-fi/nanogpt`, which
 * knows no other: norms without a gain, queries and keys normed too, and a squared ReLU.
 */
import { stream } from '../random';

export const architectures = ['llama', 'nano'] as const;
export type Architecture = (typeof architectures)[number];
export const tasks = ['train', 'decode'] as const;
export type Task = (typeof tasks)[number];
export const backends = ['webgpu', 'wasm'] as const;
export type Backend = (typeof backends)[number];
export const implementations = ['ours', 'stock', 'nanogpt', 'jax-js', 'transformers.js'] as const;
export type Implementation = (typeof implementations)[number];
/** `npm run bench` drives the first two; the third is whatever browser somebody has the application open in. */
export type Runtime = 'chromium' | 'dawn' | 'page';

/** `batch` and `tokens` are of a training step; decoding is of one sequence, which grows to `tokens` at most. */
export const shape = {
  batch: 8, tokens: 64, vocabulary: 256, layers: 4, heads: 4, width: 128, headWidth: 32,
  /** Inside of the feed-forward. */
  hidden: { llama: 344, nano: 512 },
  epsilon: 1e-5, theta: 10_000,
} as const;

/** Of Adam; a decay that an optimizer brings along is left as it is. */
export const learningRate = 1e-3;

/** The sequence that decoding goes on from. */
export const prompt = [72, 101, 108, 108] as const;

/** Token ids `[batch · tokens]` row by row, and for each the one that follows it. */
export interface TokenBatch {
  inputs: Int32Array<ArrayBuffer>;
  targets: Int32Array<ArrayBuffer>;
}

/** Random sequences named by a number: the same for every implementation. */
export function batchNumber(number: number): TokenBatch {
  const { batch, tokens, vocabulary } = shape;
  const inputs = new Int32Array(batch * tokens);
  const targets = new Int32Array(batch * tokens);
  for (let row = 0; row < batch; row++) {
    const draw = stream('bench batch', number, row);
    const ids = Array.from({ length: tokens + 1 }, () => Math.floor(draw() * vocabulary));
    inputs.set(ids.slice(0, -1), row * tokens);
    targets.set(ids.slice(1), row * tokens);
  }
  return { inputs, targets };
}

/** Numbers that an architecture learns. */
export function parameters(architecture: Architecture): number {
  const { vocabulary, width, layers, hidden } = shape;
  const feedForward = { llama: 3, nano: 2 }[architecture] * width * hidden[architecture];
  const gains = architecture === 'llama' ? 2 * width : 0;
  return vocabulary * width + layers * (4 * width * width + feedForward + gains) + gains / 2;
}

/**
 * Floating point operations of one step, in the usual count: two for each parameter and token forward, four more backward.
 * Attention's own products are left out.
 */
export function operations(task: Task, architecture: Architecture): number {
  return task === 'train' ? 6 * parameters(architecture) * shape.batch * shape.tokens : 2 * parameters(architecture);
}

/** Tokens that one step goes through. */
export function tokensOf(task: Task): number {
  return task === 'train' ? shape.batch * shape.tokens : 1;
}
