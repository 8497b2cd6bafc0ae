import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Slice } from '../../../../src/checkpoint/checkpoint';
import { dequantise } from '../../../../src/checkpoint/gguf/dequantise';
import { openGguf } from '../../../../src/checkpoint/gguf/open';
import { fixtureJson } from '../../../support/folder';
import { bytesSource, fixtureBytes, readNumbers } from './bytes-source';
import { layOut, writeGguf } from './write-gguf';

interface Expected {
  config: Record<string, unknown> & { rope: { rope_type: string; rope_theta: number } };
  tensors: Record<string, { dtype: string; shape: number[]; sha256: string }>;
}
const models = fixtureJson<Record<string, Expected>>('gguf/expected.json');
const sha256 = (bytes: Uint8Array | Float32Array): string => createHash('sha256').update(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)).digest('hex');
const opened = (name: string): ReturnType<typeof openGguf> => openGguf(bytesSource(`${name}.gguf`, fixtureBytes(name)));
const quiet = { onSlice: () => undefined, onShard: () => undefined };

describe.each(Object.entries(models))('the GGUF file %s', (name, expected) => {
  it('has the configuration that the model was made with', async () => {
    const { rope: { rope_theta, ...scaling }, ...config } = expected.config;
    const found = await opened(name);
    expect(found.config).toMatchObject({ ...config, rope_theta });
    const { rope_scaling } = found.config as { rope_scaling: Record<string, number> | null };
    if (scaling.rope_type === 'default') expect(rope_scaling).toBeNull();
    else expect(rope_scaling).toEqual({ ...scaling, ...(scaling.rope_type === 'llama3' && { original_max_position_embeddings: expect.closeTo(8192, -1) }) });
  });

  it('lists every tensor by its canonical name, its type and its shape', async () => {
    const { tensors } = await opened(name);
    expect([...tensors.keys()].sort()).toEqual(Object.keys(expected.tensors).sort());
    for (const [key, { dtype, shape }] of Object.entries(expected.tensors)) {
      expect(tensors.get(key)).toMatchObject({ dtype, shape, file: `${name}.gguf`, stored: key.replace(/^language_model\./, '') });
    }
  });

  it('gives the numbers that transformers makes of it, rows of queries and keys in their order', async () => {
    const { numbers } = await readNumbers(await opened(name));
    const hashes = Object.fromEntries([...numbers].map(([key, values]) => [key, sha256(values)]));
    expect(hashes).toEqual(Object.fromEntries(Object.entries(expected.tensors).map(([key, tensor]) => [key, tensor.sha256])));
  });
});

describe('an opened GGUF file', () => {
  const file = 'llama-q4_0.gguf';
  const bytes = fixtureBytes('llama-q4_0');

  it('is named by the file and has no image processor', async () => {
    expect(await opened('llama-q4_0')).toMatchObject({ name: 'llama-q4_0', place: 'the memory', preprocessor: undefined });
  });

  it('is opened by its header, and its numbers are read in one pass, as often as wanted', async () => {
    const source = bytesSource(file, bytes);
    const checkpoint = await openGguf(source);
    expect(source.asked).toEqual([[0, bytes.length]]);
    await checkpoint.read(quiet);
    await checkpoint.read(quiet);
    expect(source.asked).toHaveLength(3);
    expect(source.closed).toBe(3);
  });

  it('reads only what is wanted', async () => {
    const source = bytesSource(file, bytes);
    const checkpoint = await openGguf(source);
    const seen: string[] = [];
    await checkpoint.read({ ...quiet, wanted: (name) => name.endsWith('norm.weight'), onSlice: ({ name }) => { seen.push(name); } });
    expect(seen.sort()).toEqual([...checkpoint.tensors.keys()].filter((name) => name.endsWith('norm.weight')).sort());
    await checkpoint.read({ ...quiet, wanted: () => false });
    expect(source.asked).toHaveLength(2);
    const [begin, end] = source.asked[1] as [number, number];
    expect(end - begin).toBeLessThan(bytes.length);
  });

  it('tells how far it is, up to all', async () => {
    const progress: [number, number][] = [];
    const checkpoint = await opened('llama-q4_0');
    await checkpoint.read({ ...quiet, onShard: (_, loaded, total) => { progress.push([loaded, total]); } });
    const loaded = progress.map(([done]) => done);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    expect(progress.at(-1)?.[0]).toBe(progress.at(-1)?.[1]);
  });

  it('waits for each slice before the next', async () => {
    let busy = 0;
    const checkpoint = await opened('llama-q4_0');
    await checkpoint.read({ ...quiet, async onSlice() {
      expect(++busy).toBe(1);
      await new Promise((resolve) => setTimeout(resolve));
      busy--;
    } });
  });

  it('ends when it is cancelled, and lets the source go', async () => {
    const source = bytesSource(file, bytes);
    const checkpoint = await openGguf(source);
    const controller = new AbortController();
    const seen: Slice[] = [];
    const reading = checkpoint.read({ ...quiet, signal: controller.signal, onSlice: (slice) => {
      seen.push(slice);
      controller.abort();
    } });
    await expect(reading).rejects.toMatchObject({ code: 'checkpoint/cancelled', message: expect.stringContaining(file) });
    expect(seen.length).toBeLessThan(checkpoint.tensors.size);
    expect(source.closed).toBe(2);
  });

  it('is checked against a hash that the source knows, whatever is wanted', async () => {
    const good = await openGguf(bytesSource(file, bytes, { sha256: sha256(bytes) }));
    await good.read({ ...quiet, wanted: (name) => name.endsWith('model.norm.weight') });
    const bad = await openGguf(bytesSource(file, bytes, { sha256: sha256(new Uint8Array(1)) }));
    await expect(bad.read(quiet)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(`${file}.*SHA-256`) });
  });

  it('is refused where it is not there', async () => {
    await expect(openGguf({ ...bytesSource(file, bytes), gguf: 'other.gguf' })).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining('other.gguf') });
  });

  it('is refused where its bytes end before they were announced to', async () => {
    const whole = bytesSource(file, bytes);
    let length = bytes.length;
    const checkpoint = await openGguf({ ...whole, bytes: (name, begin, end = length) => whole.bytes(name, begin, Math.min(end, length)) });
    length -= 500;
    await expect(checkpoint.read(quiet)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(`${file}.*${length}`) });
  });
});

describe('a large tensor', () => {
  const shape = { heads: 80, headDim: 64, hidden: 1024, vocabulary: 32 };
  const { bytes, queries } = largeModel(shape);

  it('comes in slices of 4 to 16 MiB, of whole heads, one after the other', async () => {
    const checkpoint = await openGguf(bytesSource('large.gguf', bytes, { pieces: 65_536 }));
    const slices: { first: number; bytes: number }[] = [];
    const wanted = (name: string): boolean => name.endsWith('q_proj.weight');
    await checkpoint.read({ ...quiet, wanted, onSlice: ({ first, bytes }) => { slices.push({ first, bytes: bytes.length }); } });
    const total = shape.heads * shape.headDim * shape.hidden * 4;
    expect(slices.length).toBeGreaterThan(1);
    let at = 0;
    for (const slice of slices) {
      expect(slice.first * 4).toBe(at);
      expect(slice.first % (shape.headDim * shape.hidden)).toBe(0);
      expect(slice.bytes).toBeLessThanOrEqual(16 * 2 ** 20);
      expect(slice.bytes).toBeGreaterThanOrEqual(Math.min(4 * 2 ** 20, total - at));
      at += slice.bytes;
    }
    expect(at).toBe(total);
  });

  it('has the rows of every head in order, across the slices', async () => {
    const { numbers } = await readNumbers(await openGguf(bytesSource('large.gguf', bytes, { pieces: 65_536 })));
    const found = numbers.get('language_model.model.layers.0.self_attn.q_proj.weight') as Float32Array;
    const stored = new Float32Array(found.length);
    dequantise('Q4_0', queries, stored);
    const { headDim, hidden } = shape;
    for (const head of [0, 31, 32, 79]) {
      for (const row of [0, 1, 31, 32, 63]) {
        const from = head * headDim + (row < headDim / 2 ? 2 * row : 2 * (row - headDim / 2) + 1);
        const to = head * headDim + row;
        expect(found.subarray(to * hidden, (to + 1) * hidden)).toEqual(stored.subarray(from * hidden, (from + 1) * hidden));
      }
    }
  });
});

/** One layer, all zeros but for the queries. */
function largeModel({ heads, headDim, hidden, vocabulary }: Record<'heads' | 'headDim' | 'hidden' | 'vocabulary', number>): { bytes: Uint8Array<ArrayBuffer>; queries: Uint8Array } {
  const wide = heads * headDim;
  const [norm, narrow] = [[0, hidden], [2, hidden, headDim]] as const;
  const tensors = layOut([
    ['token_embd.weight', 2, hidden, vocabulary], ['output_norm.weight', ...norm], ['blk.0.attn_norm.weight', ...norm], ['blk.0.ffn_norm.weight', ...norm],
    ['blk.0.attn_q.weight', 2, hidden, wide], ['blk.0.attn_k.weight', ...narrow], ['blk.0.attn_v.weight', ...narrow], ['blk.0.attn_output.weight', 2, wide, hidden],
    ['blk.0.ffn_gate.weight', ...narrow], ['blk.0.ffn_up.weight', ...narrow], ['blk.0.ffn_down.weight', 2, headDim, hidden],
  ]);
  const last = tensors.at(-1)?.end ?? 0;
  const bytes = writeGguf({ metadata: [
    ['general.architecture', 'llama'], ['llama.embedding_length', hidden], ['llama.feed_forward_length', headDim], ['llama.block_count', 1], ['llama.context_length', 64],
    ['llama.attention.head_count', heads], ['llama.attention.head_count_kv', 1], ['llama.attention.key_length', headDim],
  ], tensors, dataBytes: last });
  const at = bytes.length - last + (tensors[4]?.offset ?? 0);
  const queries = bytes.subarray(at, at + wide * hidden / 32 * 18);
  for (let i = 0; i < queries.length; i++) queries[i] = i % 18 === 1 ? 0x2c : (i * 2_654_435_761) >>> 13;
  return { bytes, queries };
}
