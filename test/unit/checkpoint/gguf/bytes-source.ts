/** A GGUF file in memory as a source. It notes what is asked of it. */
import { readFileSync } from 'node:fs';
import type { Checkpoint, Slice } from '../../../../src/checkpoint/checkpoint';
import { toFloat32 } from '../../../../src/checkpoint/dtype';
import type { Source } from '../../../../src/checkpoint/source';

export interface BytesSource extends Source {
  /** The ranges that were asked for. */
  asked: [begin: number, end: number][];
  /** How many of them were let go. */
  closed: number;
}

export function fixtureBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../../fixtures/gguf/${name}.gguf`, import.meta.url)));
}

/** @param sha256 what the source says of the file's hash @param pieces the size of the pieces */
export function bytesSource(file: string, bytes: Uint8Array<ArrayBuffer>, { sha256, pieces = 1000 }: { sha256?: string; pieces?: number } = {}): BytesSource {
  const has = (name: string): boolean => name === file;
  const source: BytesSource = {
    name: 'memory', place: 'the memory', gguf: file, asked: [], closed: 0,
    list: () => Promise.resolve([file]),
    size: (name) => Promise.resolve(has(name) ? bytes.length : undefined),
    text: () => Promise.resolve(undefined),
    async* bytes(_, begin, end = bytes.length) {
      source.asked.push([begin, end]);
      try {
        for (let at = begin; at < end; at += pieces) yield bytes.slice(at, Math.min(at + pieces, end));
      } finally {
        source.closed++;
      }
    },
    sha256: (name) => Promise.resolve(has(name) ? sha256 : undefined),
  };
  return source;
}

/** Reads everything; the numbers widened, each slice where it says it belongs. */
export async function readNumbers(checkpoint: Checkpoint): Promise<{ numbers: Map<string, Float32Array>; slices: Omit<Slice, 'bytes'>[] }> {
  const numbers = new Map<string, Float32Array>();
  const slices: Omit<Slice, 'bytes'>[] = [];
  await checkpoint.read({
    onSlice({ bytes, ...slice }) {
      const whole = numbers.get(slice.name) ?? new Float32Array(slice.shape.reduce((a, b) => a * b, 1));
      whole.set(toFloat32(slice.dtype, bytes), slice.first);
      numbers.set(slice.name, whole);
      slices.push(slice);
    },
    onShard: () => undefined,
  });
  return { numbers, slices };
}
