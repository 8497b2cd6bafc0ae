/**
 * Rotary frequencies as a configuration asks for them, stretched where it does, and the table of angles that a model keeps.
 * The rotation itself is `ops/rotary`.
 */
import * as tf from '@tensorflow/tfjs';
import type { Turns } from '../ops/rotary/kernels';
import { tableOf } from '../ops/rotary/rotary';
import type { DecoderConfig, RopeScaling } from './config/decoder';
import type { Weights } from './weights';

/** Positions that a table begins with; it doubles as often as is needed. */
const POSITIONS = 128;

/** How the rows at these positions are turned. The table belongs to the weights; the positions are the caller's to dispose of. */
export function turnsAt(weights: Weights, config: DecoderConfig, positions: Int32Array): Turns {
  const furthest = positions.reduce((most, position) => Math.max(most, position), 0);
  return { ...table(weights, config, furthest + 1), positions: tf.tensor1d(positions, 'int32') };
}

/** How the rows of a batch are turned, each sequence from position 0 on. Batches of one shape share what is uploaded for it. */
export function turnsOf(weights: Weights, config: DecoderConfig, batch: number, tokens: number): Turns {
  const positions = weights.derived('positions', ({ shape }) => shape[0] === batch && shape[1] === tokens,
    () => tf.tensor2d(Int32Array.from({ length: batch * tokens }, (_, row) => row % tokens), [batch, tokens], 'int32'));
  return { ...table(weights, config, tokens), positions: tf.reshape(positions, [-1]) };
}

/** The angles of at least so many positions. */
function table(weights: Weights, config: DecoderConfig, positions: number): Pick<Turns, 'cos' | 'sin'> {
  const rows = POSITIONS * 2 ** Math.max(0, Math.ceil(Math.log2(positions / POSITIONS)));
  const kept = (kind: 'cos' | 'sin'): tf.Tensor2D => weights.derived(`rotary ${kind}`, ({ shape }) => (shape[0] as number) >= rows,
    () => tf.tidy(() => tableOf(rows, rotaryFrequencies(config))[kind])) as tf.Tensor2D;
  return { cos: kept('cos'), sin: kept('sin') };
}

/** Radians per position of each pair of a head's entries, `[headDim / 2]`. */
export function rotaryFrequencies({ headDim, theta, scaling }: DecoderConfig): number[] {
  return Array.from({ length: headDim / 2 }, (_, i) => scaled(theta ** (-2 * i / headDim), scaling));
}

function scaled(frequency: number, scaling: RopeScaling | null): number {
  if (scaling === null) return frequency;
  return scaling.kind === 'linear' ? frequency / scaling.factor : byWavelength(frequency, scaling);
}

/**
 * Llama 3's: short waves stay, long ones are stretched by the factor, and those between are mixed by how many of them fit
 * into the original context.
 */
function byWavelength(frequency: number, { factor, low, high, original }: Extract<RopeScaling, { kind: 'llama3' }>): number {
  const waves = original * frequency / (2 * Math.PI);
  if (waves < low) return frequency / factor;
  if (waves > high) return frequency;
  const share = (waves - low) / (high - low);
  return (1 - share) * frequency / factor + share * frequency;
}
