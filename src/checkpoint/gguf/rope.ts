/**
 * How rotary frequencies are stretched: by the metadata (linear), or by the tensor `rope_freqs.weight`, in which
 * llama.cpp writes what Llama 3's scaling comes to for each frequency. It is turned back into that scaling's settings.
 */
import type { Architecture } from './architecture';
import type { Metadata } from './metadata';
import { corrupt, unsupported } from './refuse';

/** `rope_scaling` of Hugging Face's `config.json`. */
export type RopeFields =
  | { rope_type: 'linear'; factor: number }
  | { rope_type: 'llama3'; factor: number; low_freq_factor: number; high_freq_factor: number; original_max_position_embeddings: number };

const takeAnother = 'Take a model with plain, linear or Llama 3 rotary scaling.';
/** Relative; 32-bit factors give the settings back to about 1e-5. */
const tolerance = 1e-4;

/** @param factors the numbers of `rope_freqs.weight`, one for each of a head's frequencies. Throws `checkpoint/unsupported`. */
export function ropeScaling(metadata: Metadata, { name }: Architecture, theta: number, factors?: Float32Array): RopeFields | undefined {
  const { file } = metadata;
  const key = `${name}.rope.scaling.type`;
  const type = metadata.text(key) ?? 'none';
  if (factors !== undefined && !factors.every((factor) => Math.abs(factor - 1) < tolerance)) return llama3(file, theta, factors);
  if (type === 'none' || type === 'llama3') return oldLinear(metadata, name);
  if (type !== 'linear') throw unsupported(file, `metadata "${key}" is ${type}; none and linear are read.`, takeAnother);
  return linear(metadata, `${name}.rope.scaling.factor`);
}

/** Before there were kinds of scaling, there was one number. */
function oldLinear(metadata: Metadata, name: string): RopeFields | undefined {
  const key = `${name}.rope.scale_linear`;
  return metadata.has(key) ? linear(metadata, key) : undefined;
}

function linear(metadata: Metadata, key: string): RopeFields | undefined {
  const factor = metadata.positive(key);
  if (factor === undefined) throw corrupt(metadata.file, `metadata "${key}" must be a number above 0, but is missing.`);
  return factor === 1 ? undefined : { rope_type: 'linear', factor };
}

/**
 * Llama 3 leaves short wavelengths alone, divides long ones by `factor`, and in between divides by f with
 * 1/f = (1 - s)/factor + s, s = (original/wavelength - low)/(high - low): a straight line in 1/wavelength. Two points
 * between give the line, and the line gives the three settings up to a common multiple, which changes nothing.
 */
function llama3(file: string, theta: number, factors: Float32Array): RopeFields {
  const factor = factors.reduce((most, f) => Math.max(most, f), 0);
  const points = Array.from(factors, (f, i) => ({ f, turns: theta ** (-i / factors.length) / (2 * Math.PI) }))
    .filter(({ f }) => f > 1 + tolerance && f < factor * (1 - tolerance))
    .map(({ f, turns }) => ({ turns, smooth: (1 / f - 1 / factor) / (1 - 1 / factor) }));
  const [first, last] = [points[0], points.at(-1)];
  if (first !== undefined && last !== undefined && first !== last) {
    const slope = (first.smooth - last.smooth) / (first.turns - last.turns);
    const [low, width] = [1, 1 / (first.turns * slope - first.smooth)];
    const scaling: RopeFields = {
      rope_type: 'llama3', factor: tidy(factor), low_freq_factor: low, high_freq_factor: tidy(low + width),
      original_max_position_embeddings: Math.round(slope * width),
    };
    if (width > 0 && slope > 0 && agrees(scaling, theta, factors)) return scaling;
  }
  throw unsupported(file, 'tensor "rope_freqs.weight" stretches the rotary frequencies in another way than Llama 3 does.', takeAnother);
}

/** Settings are written with a few digits. */
function tidy(value: number): number {
  const short = Number(value.toPrecision(3));
  return Math.abs(short - value) < tolerance * value ? short : value;
}

function agrees(scaling: RopeFields & { rope_type: 'llama3' }, theta: number, factors: Float32Array): boolean {
  const { factor, low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: original } = scaling;
  return factors.every((found, i) => {
    const turns = original * theta ** (-i / factors.length) / (2 * Math.PI);
    const smooth = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return Math.abs(1 / ((1 - smooth) / factor + smooth) / found - 1) < 10 * tolerance;
  });
}
