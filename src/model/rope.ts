/** Rotary frequencies as a configuration asks for them, stretched where it does. The rotation itself is `ops/rotary.ts`. */
import type { DecoderConfig, RopeScaling } from './config/decoder';

const known = new WeakMap<DecoderConfig, number[]>();

/** Radians per position of each pair of a head's entries, `[headDim / 2]`; computed once per configuration. */
export function rotaryFrequencies(config: DecoderConfig): readonly number[] {
  let frequencies = known.get(config);
  if (frequencies === undefined) {
    const { headDim, theta, scaling } = config;
    frequencies = Array.from({ length: headDim / 2 }, (_, i) => scaled(theta ** (-2 * i / headDim), scaling));
    known.set(config, frequencies);
  }
  return frequencies;
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
