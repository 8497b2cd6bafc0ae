/** IEEE halves as packed weights use them, number by number on the host: the reference for what the kernels do to many. */

/** Sign 1, exponent 5 (bias 15), fraction 10. */
export function fromHalf(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/** Rounds to nearest, ties to even. What lies beyond ±65504 becomes that: a weight may not be infinite. */
export function toHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.min(Math.abs(value), 65_504);
  // Below 2^-14 halves are subnormal and lie as far apart as there.
  const exponent = Math.max(exponentOf(magnitude), -14);
  // A normal half counts from 1024 steps on, which its exponent's bias of 15 stands for; a carry moves into the exponent.
  return sign | (((exponent + 14) << 10) + roundToEven(magnitude / 2 ** (exponent - 10)));
}

function exponentOf(magnitude: number): number {
  return (new Uint32Array(Float32Array.of(magnitude).buffer)[0] as number >>> 23) - 127;
}

function roundToEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
