/** At which sizes cost is measured, and how much arithmetic a work of a size holds. */
import { parameters, shape } from '../../../src/bench/work';

export const parts = ['tokens', 'pools'] as const;
export type Part = (typeof parts)[number];

/** Of a training step, and of the cache that a token is decoded behind. */
export const tokenCounts = [64, 128, 256, 512, 1024] as const;
/** How long sequences are where more tokens are more sequences. */
export const shortSequence = 64;
/** A training step of so many tokens: as one sequence, whose attention grows with their square, or as short sequences. */
export const steps = ['step of one sequence', `step of sequences of ${shortSequence}`] as const;
export type Step = (typeof steps)[number];
/** How many sequences a step of so many tokens has. */
export function sequencesOf(step: Step, tokens: number): number {
  return step === 'step of one sequence' ? 1 : tokens / shortSequence;
}
/** In a pool. */
export const recordCounts = [1000, 32_000, 1_000_000] as const;
/** A pool of more records is measured once, since it takes minutes. */
const mostRepeated = 100_000;
/** How often a pool of so many records is measured where `repeats` are asked for. */
export function repeatsOf(records: number, repeats: number): number {
  return records > mostRepeated ? 1 : repeats;
}

/**
 * Floating point operations of a training step: six for each parameter and token, and those of causal attention, whose
 * scores and mixtures are half a square each.
 */
export function trainingOperations(sequences: number, tokens: number): number {
  return 6 * parameters('llama') * sequences * tokens + 6 * shape.layers * shape.width * sequences * tokens ** 2;
}

/** Likewise of one token that is decoded behind `cached` others. */
export function decodingOperations(cached: number): number {
  return 2 * parameters('llama') + 4 * shape.layers * shape.width * cached;
}
