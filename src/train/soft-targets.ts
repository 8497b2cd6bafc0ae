/**
 * Soft targets on their way from a teacher's answers into a student's loss: matched to the labels of a batch, tempered, and
 * picked by row for its parts. The mathematics is in `ops/soft-targets`.
 */
import { ComdError } from '../errors';
import { type SoftTargets, tempered } from '../ops/soft-targets/targets';
import type { SoftTarget, SoftTargetOptions } from '../../workers/protocol';

/** A target as the student reads it, and what its teacher would have said in the place of each token. */
export interface Taught {
  target: string;
  tokens: readonly number[];
  soft: SoftTarget | undefined;
}

/**
 * Soft targets of all labels of a batch, in order; undefined where none count. Throws `settings/invalid` where a teacher reads a
 * target as other tokens than the student.
 * @param vocabulary tokens that the student can say
 */
export function softTargetsOf(all: readonly Taught[], vocabulary: number, { weight, temperature }: SoftTargetOptions): SoftTargets | undefined {
  const k = Math.max(0, ...all.map(({ soft }) => soft?.k ?? 0));
  if (weight === 0 || k === 0) return undefined;
  const rows = all.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const softTargets = {
    k, temperature, ids: new Int32Array(rows * k).fill(-1), probabilities: new Float32Array(rows * k), weights: new Float32Array(rows),
  };
  let row = 0;
  for (const { target, tokens, soft } of all) {
    if (soft) {
      mustShareTokenizer(target, tokens, soft, vocabulary);
      softTargets.weights.fill(weight * temperature ** 2, row, row + tokens.length);
      tokens.forEach((_, place) => putRow(softTargets, row + place, soft, place));
    }
    row += tokens.length;
  }
  return softTargets;
}

/** Those of some rows, in the order given; undefined where none of these has any. */
export function softTargetsOfRows({ k, temperature, ids, probabilities, weights }: SoftTargets, rows: readonly number[]): SoftTargets | undefined {
  if (rows.every((row) => weights[row] === 0)) return undefined;
  const own = { k, temperature, ids: new Int32Array(rows.length * k), probabilities: new Float32Array(rows.length * k) };
  rows.forEach((row, to) => {
    own.ids.set(ids.subarray(row * k, (row + 1) * k), to * k);
    own.probabilities.set(probabilities.subarray(row * k, (row + 1) * k), to * k);
  });
  return { ...own, weights: Float32Array.from(rows, (row) => weights[row] as number) };
}

function putRow({ k, temperature, ids, probabilities }: SoftTargets, row: number, soft: SoftTarget, place: number): void {
  const [from, to] = [place * soft.k, (place + 1) * soft.k];
  ids.set(soft.ids.subarray(from, to), row * k);
  probabilities.set(tempered(soft.logProbs.subarray(from, to), temperature), row * k);
}

function mustShareTokenizer(target: string, tokens: readonly number[], soft: SoftTarget, vocabulary: number): void {
  const isSame = soft.tokens.length === tokens.length && tokens.every((token, i) => token === soft.tokens[i]);
  if (isSame && soft.ids.every((id) => id >= 0 && id < vocabulary)) return;
  throw new ComdError('settings/invalid',
    'Soft targets cannot be learned: teacher and student do not share a tokenizer. '
      + `They read the answer ${JSON.stringify(target)} as different tokens.`,
    'Set the weight of the soft targets to 0, or choose a teacher and a student of the same family.');
}
