/**
 * Numbers as checkpoints store them, to and from 32-bit floats. Widening is exact, subnormals, infinities and NaN
 * included; narrowing rounds to nearest, ties to even. Little-endian throughout, as safetensors and every browser is.
 */

/** Bytes per element of every type that safetensors may hold. */
export const elementBytes = {
  BOOL: 1, U8: 1, I8: 1, F8_E4M3: 1, F8_E5M2: 1, I16: 2, U16: 2, F16: 2, BF16: 2,
  I32: 4, U32: 4, F32: 4, I64: 8, U64: 8, F64: 8,
} as const;

export type DType = keyof typeof elementBytes;
/** The types that weights may have here. */
export type FloatType = 'F32' | 'F16' | 'BF16';

export function isDType(name: string): name is DType {
  return Object.hasOwn(elementBytes, name);
}

export function isFloatType(dtype: DType): dtype is FloatType {
  return dtype === 'F32' || dtype === 'F16' || dtype === 'BF16';
}

/** `bytes` (of any alignment) as floats; always a copy, so that the shard can be let go. */
export function toFloat32(dtype: FloatType, bytes: Uint8Array): Float32Array<ArrayBuffer> {
  const aligned = new Uint8Array(bytes).buffer;
  if (dtype === 'F32') return new Float32Array(aligned);
  const halves = new Uint16Array(aligned);
  const bits = new Uint32Array(halves.length);
  const widen = dtype === 'BF16' ? widenBrain : widenHalf;
  for (let i = 0; i < halves.length; i++) bits[i] = widen(halves[i] as number);
  return new Float32Array(bits.buffer);
}

/** `data` as bytes. Values beyond ±65504 become infinities in F16, as in IEEE 754. */
export function fromFloat32(dtype: FloatType, data: Float32Array): Uint8Array<ArrayBuffer> {
  const floats = new Float32Array(data);
  if (dtype === 'F32') return new Uint8Array(floats.buffer);
  const bits = new Uint32Array(floats.buffer);
  return new Uint8Array(Uint16Array.from(bits, dtype === 'BF16' ? narrowBrain : narrowHalf).buffer);
}

function widenBrain(bits: number): number {
  return bits << 16;
}

/** The upper half of a single, both as bits; nearest, ties to even. A NaN keeps a bit that makes it one. */
function narrowBrain(bits: number): number {
  if ((bits & 0x7fff_ffff) > 0x7f80_0000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** IEEE half to single, both as bits: sign 1, exponent 5 (bias 15), fraction 10. */
function widenHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 31) return sign | 0x7f80_0000 | (fraction << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  // A subnormal half is a normal single: shift its first set bit up to where the hidden one stands.
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13);
}

/** IEEE single to half, both as bits; nearest, ties to even. */
function narrowHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00;
  const exponent = (magnitude >>> 23) - 112;
  if (exponent > 30) return sign | 0x7c00;
  // Below the smallest normal half the hidden bit is written out and the fraction loses one more bit per power of two.
  const subnormal = exponent < 1;
  const dropped = subnormal ? 14 - exponent : 13;
  if (dropped > 24) return sign;
  const value = subnormal ? (magnitude & 0x7f_ffff) | 0x80_0000 : magnitude - (112 << 23);
  const kept = value >>> dropped;
  const rest = value & ((1 << dropped) - 1);
  const half = 1 << (dropped - 1);
  // A carry out of the fraction moves into the exponent, which is the right answer, infinity included.
  return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
}
