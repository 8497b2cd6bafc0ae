/** From scores to tokens. Draws come from the host, keyed by request, so that a batch's make-up changes nothing. */
import type * as tf from '@tensorflow/tfjs';
import { ComdError } from '../errors';
import { sampleTokens } from '../ops/decode/decode';
import type { Sampling } from '../ops/decode/kernels';
import type { GenerateOptions } from '../../workers/protocol';

/** How tokens are chosen, as options ask for it. Throws `settings/invalid`. */
export function samplingOf({ temperature, topK = 0, topP = 1 }: GenerateOptions): Sampling {
  require(temperature >= 0 && temperature < Infinity, 'temperature', temperature, 'a number from 0 on');
  require(Number.isInteger(topK) && topK >= 0, 'topK', topK, 'a whole number from 0 on, and 0 stands for all tokens');
  require(topP > 0 && topP <= 1, 'topP', topP, 'a share above 0 and up to 1');
  return { temperature, topK, topP };
}

function require(holds: boolean, name: string, value: number, wanted: string): void {
  if (holds) return;
  throw new ComdError('settings/invalid', `${name} is ${value}, but must be ${wanted}.`, `Give ${name} another value.`);
}

/**
 * One token per row.
 * @param logits `[rows, vocabulary]`; disposed
 * @param draws one uniform number in [0, 1) per row, asked for only where it is needed
 */
export async function sample(logits: tf.Tensor2D, sampling: Sampling, draws: readonly (() => number)[]): Promise<number[]> {
  const ids = sampleTokens(logits, sampling, sampling.temperature === 0 ? [] : draws.map((draw) => draw()));
  logits.dispose();
  const answer = Array.from(await ids.data());
  ids.dispose();
  return answer;
}
