/**
 * ggml's packed numbers as 32-bit floats, block by block, to the bit of its reference (`dequantize_row_*` in
 * ggml-quants.c): every product is exact in a double, and is rounded once when it is stored.
 */
import { toFloat32 } from '../dtype';
import { blocks, type GgmlType } from './types';

export type PackedType = Exclude<GgmlType, 'F32' | 'F16' | 'BF16'>;

export function isPacked(type: GgmlType): type is PackedType {
  return Object.hasOwn(unpackers, type);
}

/** Every half-precision number by its bits: scales are looked up far more often than there are halves. */
const halves = toFloat32('F16', new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, bits) => bits).buffer));

/** Unpacks the block that begins at `at` into `out` from `to` on. */
type Unpack = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

// The bytes of a block are there: `dequantise` counts them.
const byte = (bytes: Uint8Array, at: number): number => bytes[at] as number;
const signed = (bytes: Uint8Array, at: number): number => byte(bytes, at) << 24 >> 24;
const half = (bytes: Uint8Array, at: number): number => halves[byte(bytes, at) | byte(bytes, at + 1) << 8] as number;

/** Scale; 32 signed bytes. */
const unpackQ8: Unpack = (bytes, at, out, to) => {
  const scale = half(bytes, at);
  for (let i = 0; i < 32; i++) out[to + i] = scale * signed(bytes, at + 2 + i);
};

/** Scale; 16 bytes whose low halves are the first 16 numbers and whose high halves are the rest, 8 standing for 0. */
const unpackQ40: Unpack = (bytes, at, out, to) => {
  const scale = half(bytes, at);
  for (let i = 0; i < 16; i++) {
    const pair = byte(bytes, at + 2 + i);
    out[to + i] = scale * ((pair & 15) - 8);
    out[to + 16 + i] = scale * ((pair >> 4) - 8);
  }
};

/** Scale and smallest number; halves of bytes as in Q4_0, counted from the smallest. */
const unpackQ41: Unpack = (bytes, at, out, to) => {
  const scale = half(bytes, at);
  const least = half(bytes, at + 2);
  for (let i = 0; i < 16; i++) {
    const pair = byte(bytes, at + 4 + i);
    out[to + i] = scale * (pair & 15) + least;
    out[to + 16 + i] = scale * (pair >> 4) + least;
  }
};

/**
 * Scale of scales and scale of minima; 12 bytes with 8 scales and 8 minima of 6 bits; 128 bytes, of which each 32 hold
 * two groups of 32 numbers in their low and high halves.
 */
const unpackQ4K: Unpack = (bytes, at, out, to) => {
  const scale = half(bytes, at);
  const least = half(bytes, at + 2);
  for (let group = 0; group < 8; group++) {
    const [scale6, least6] = sixBits(bytes, at + 4, group);
    const [step, base] = [scale * scale6, least * least6];
    const packed = at + 16 + (group >> 1) * 32;
    const shift = (group & 1) * 4;
    for (let i = 0; i < 32; i++) out[to + group * 32 + i] = step * (byte(bytes, packed + i) >> shift & 15) - base;
  }
};

/** Groups 0 to 3 lie in the low six bits of bytes 0 to 7; 4 to 7 in bytes 8 to 11, their top two bits above the former. */
function sixBits(bytes: Uint8Array, at: number, group: number): [scale: number, least: number] {
  if (group < 4) return [byte(bytes, at + group) & 63, byte(bytes, at + group + 4) & 63];
  const low = byte(bytes, at + group + 4);
  return [(low & 15) | byte(bytes, at + group - 4) >> 6 << 4, low >> 4 | byte(bytes, at + group) >> 6 << 4];
}

/**
 * 128 bytes of low four bits, 64 of high two bits, 16 signed scales, the scale of scales. Each half of the block takes
 * 64 and 32 bytes of them, for four runs of 32 numbers; a scale is for 16 numbers, and 32 stands for 0.
 */
const unpackQ6K: Unpack = (bytes, at, out, to) => {
  const scale = half(bytes, at + 208);
  for (let run = 0; run < 8; run++) {
    const quarter = run & 3;
    const low = at + (run >> 2) * 64 + (quarter & 1) * 32;
    const high = at + 128 + (run >> 2) * 32;
    const [lowShift, highShift] = [(quarter >> 1) * 4, quarter * 2];
    for (let i = 0; i < 32; i++) {
      const bits = (byte(bytes, low + i) >> lowShift & 15) | (byte(bytes, high + i) >> highShift & 3) << 4;
      out[to + run * 32 + i] = scale * signed(bytes, at + 192 + run * 2 + (i >> 4)) * (bits - 32);
    }
  }
};

const unpackers: Record<PackedType, Unpack> = {
  Q8_0: unpackQ8, Q4_0: unpackQ40, Q4_1: unpackQ41, Q4_K: unpackQ4K, Q6_K: unpackQ6K,
};

/** Unpacks `bytes`, whole blocks of `type`, into the beginning of `out`, which must have room for their numbers. */
export function dequantise(type: PackedType, bytes: Uint8Array, out: Float32Array): void {
  const unpack = unpackers[type];
  const block = blocks[type];
  const count = bytes.length / block.bytes;
  for (let i = 0; i < count; i++) unpack(bytes, i * block.bytes, out, i * block.numbers);
}
