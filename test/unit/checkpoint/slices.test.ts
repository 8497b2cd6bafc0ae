import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Slice } from '../../../src/checkpoint/checkpoint';
import { elementBytes } from '../../../src/checkpoint/dtype';
import { filesSource } from '../../../src/checkpoint/files-source';
import { httpSource } from '../../../src/checkpoint/http-source';
import { readShards, type Shard } from '../../../src/checkpoint/read-shards';
import { sha256 } from '../../../src/checkpoint/sha256';
import { cutsOf, type PlacedTensor, stretchesOf } from '../../../src/checkpoint/slices';
import type { Source } from '../../../src/checkpoint/source';
import { shardServer } from '../../support/shard-server';

const mebi = 2 ** 20;
const file = 'model.safetensors';

function tensor(shape: number[], dtype: PlacedTensor['dtype'] = 'F16', begin = 0): PlacedTensor {
  return { name: 'w', dtype, shape, begin, end: begin + shape.reduce((a, b) => a * b, 1) * elementBytes[dtype] };
}

describe('the cuts of a tensor', () => {
  it('are whole rows without gap, each of 4 to 16 MiB unless the tensor or its row says otherwise', () => {
    const shapes = fc.tuple(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 1, max: 12 * mebi }));
    fc.assert(fc.property(shapes, fc.constantFrom('F32', 'BF16'), ([rows, columns], dtype) => {
      const whole = tensor([rows, columns], dtype);
      const total = whole.end - whole.begin;
      const rowBytes = columns * elementBytes[dtype];
      fc.pre(total < 2 ** 32);
      let at = 0;
      const wrong = cutsOf(whole).filter(({ first, bytes }) => {
        const right = first * elementBytes[dtype] === at && bytes % rowBytes === 0
          && (bytes >= 4 * mebi || bytes === total) && (bytes <= 12 * mebi || bytes === rowBytes);
        at += bytes;
        return !right;
      });
      expect(wrong).toEqual([]);
      expect(at).toBe(total);
    }));
  });

  it('of a scalar, a vector and a tensor without numbers are one', () => {
    expect(cutsOf(tensor([], 'F32'))).toEqual([{ first: 0, bytes: 4 }]);
    expect(cutsOf(tensor([5]))).toEqual([{ first: 0, bytes: 10 }]);
    expect(cutsOf(tensor([0, 8]))).toEqual([{ first: 0, bytes: 0 }]);
    expect(cutsOf(tensor([8, 0]))).toEqual([{ first: 0, bytes: 0 }]);
  });
});

it('stretches reach over what is cheaper read than asked for anew', () => {
  const places = [{ begin: 10, end: 20 }, { begin: 20, end: 30 }, { begin: 35, end: 40 }, { begin: 46, end: 50 }];
  expect(stretchesOf(places, 5)).toEqual([{ begin: 10, end: 40 }, { begin: 46, end: 50 }]);
  expect(stretchesOf([], 5)).toEqual([]);
});

/** Three tensors behind a header of 16 bytes: 20 MiB in rows of 1 MiB, 11 bytes short of alignment, 10 MiB, 64 bytes. */
const data = new Uint8Array(16 + 30 * mebi + 64);
for (let i = 0; i < data.length; i += 509) data[i] = (i / 509) & 255;
const shard: Shard = {
  file, fileBytes: data.length, hashes: [],
  tensors: [
    { ...tensor([20, mebi / 2], 'F16', 16), name: 'large' },
    { ...tensor([10, mebi / 4], 'F32', 16 + 20 * mebi), name: 'middle' },
    { ...tensor([4, 4], 'F32', 16 + 30 * mebi), name: 'small' },
  ],
};
const onDisk = (bytes = data): Source => filesSource('tiny', new Map([[file, new Blob([bytes])]]));
/** A source that does not know how long its files are. */
function silent(bytes: Uint8Array<ArrayBuffer>): Source {
  const source = onDisk(bytes);
  return {
    name: 'tiny', place: 'here', list: () => source.list(), text: (name) => source.text(name), sha256: (name) => source.sha256(name),
    size: () => Promise.resolve(undefined), bytes: (name, begin, _, signal) => source.bytes(name, begin, undefined, signal),
  };
}
const ignore = (): void => undefined;

async function readAll(source: Source, of: Shard = shard, wanted?: (name: string) => boolean): Promise<Map<string, Uint8Array>> {
  const read = new Map<string, Uint8Array>();
  await readShards(source, [of], {
    wanted, onShard: ignore,
    onSlice({ name, dtype, shape, first, bytes }) {
      const whole = read.get(name) ?? new Uint8Array(shape.reduce((a, b) => a * b, 1) * elementBytes[dtype]);
      expect(bytes.byteOffset % elementBytes[dtype]).toBe(0);
      whole.set(bytes, first * elementBytes[dtype]);
      read.set(name, whole);
    },
  });
  return read;
}

function expectTensors(read: Map<string, Uint8Array>, names: string[]): void {
  expect([...read.keys()]).toEqual(names);
  for (const { name, begin, end } of shard.tensors) {
    const bytes = read.get(name);
    if (bytes !== undefined) expect(Buffer.compare(bytes, data.subarray(begin, end))).toBe(0);
  }
}

describe('reading slices', () => {
  it('hands out every number in the order of the file, from disk and over a network that breaks', async () => {
    expectTensors(await readAll(onDisk()), ['large', 'middle', 'small']);
    await using server = await shardServer(new Map([[file, data]]));
    server.trouble(file, { diesAfter: 3_000_001 }, 3);
    expectTensors(await readAll(httpSource(server.url, fetch, { stall: 15_000, pauses: [1] })), ['large', 'middle', 'small']);
  });

  it('fills the next slice while one is worked on, in two buffers for all', async () => {
    const source = onDisk();
    let asked = 0;
    const counted: Source = { ...source, name: 'tiny', place: '', size: (f) => source.size(f), sha256: () => Promise.resolve(undefined), async *bytes(...args) {
      for await (const piece of source.bytes(...args)) {
        asked += piece.length;
        yield piece;
      }
    } };
    const buffers = new Set<ArrayBuffer>();
    let working = 0;
    await readShards(counted, [shard], {
      onShard: ignore,
      async onSlice({ name, first, bytes }: Slice) {
        expect(working++).toBe(0);
        buffers.add(bytes.buffer);
        const content = bytes.slice();
        // The first is not done before the second has come: it would never be, were the one read after the other.
        while (name === 'large' && first === 0 && asked < 8 * mebi) await new Promise((resolve) => setTimeout(resolve, 1));
        expect(Buffer.compare(bytes, content)).toBe(0);
        working--;
      },
    });
    expect(buffers.size).toBe(2);
    expect([...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThanOrEqual(24 * mebi);
  });

  it('jumps over what nobody wants by a new request, and does not open a file without a wanted tensor', async () => {
    await using server = await shardServer(new Map([[file, data]]));
    const source = httpSource(server.url);
    expectTensors(await readAll(source, shard, (name) => name === 'small'), ['small']);
    expect(server.requests.at(-1)?.range).toBe(`bytes=${16 + 30 * mebi}-${data.length - 1}`);
    const others = await readAll(source, shard, (name) => name !== 'middle');
    expectTensors(others, ['large', 'small']);
    expect(server.requests.map(({ range }) => range).slice(-2)).toEqual([`bytes=16-${16 + 20 * mebi - 1}`, `bytes=${16 + 30 * mebi}-${data.length - 1}`]);
    const { length } = server.requests;
    expect((await readAll(source, shard, () => false)).size).toBe(0);
    expect(server.requests).toHaveLength(length);
  });

  it('tells how far each file is, forward and to its end', async () => {
    const told: [string, number, number][] = [];
    await readShards(onDisk(), [shard], { onSlice: ignore, onShard: (...args) => { told.push(args); } });
    expect(told[0]).toEqual([file, 0, data.length]);
    expect(told.at(-1)).toEqual([file, data.length, data.length]);
    const loaded = told.map(([, n]) => n);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    expect(told.length).toBeGreaterThan(4);
  });

  it('checks every hash that is known, over the whole file, and names who gave the wrong one', async () => {
    const good = { by: 'checksums.json', sha256: await sha256(data) };
    const bad = { by: 'the hub', sha256: '0'.repeat(64) };
    expectTensors(await readAll(onDisk(), { ...shard, hashes: [good] }), ['large', 'middle', 'small']);
    expectTensors(await readAll(onDisk(), { ...shard, hashes: [good] }, (name) => name !== 'small'), ['large', 'middle']);
    await expect(readAll(onDisk(), { ...shard, hashes: [good, bad] })).rejects.toMatchObject({
      code: 'checkpoint/corrupt', message: `${file} is not what the hub says: expected SHA-256 ${bad.sha256}, found ${good.sha256}.`,
    });
    const flipped = data.slice();
    flipped[flipped.length - 1] = 1;
    await expect(readAll(onDisk(flipped), { ...shard, hashes: [good] })).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('SHA-256') });
  });

  it('believes the hash of the hub itself', async () => {
    await using server = await shardServer(new Map([[file, data]]), 'hub');
    const source = httpSource(`${server.url}/resolve/main`);
    await source.sha256(file);
    const flipped = data.slice();
    flipped[100] = 255 - (flipped[100] as number);
    server.files.set(file, flipped);
    await expect(readAll(source)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('expected SHA-256') });
  });

  it('refuses a file that ends early or goes on, where its length was not known', async () => {
    await expect(readAll(silent(data.slice(0, -5)))).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(`${file}.*truncated.*after ${data.length - 5}`) });
    const longer = new Uint8Array(data.length + 1);
    longer.set(data);
    await expect(readAll(silent(longer))).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('more follow') });
  });

  it('stops at the first slice that is not taken, with the error of whoever took it', async () => {
    let taken = 0;
    await expect(readShards(onDisk(), [shard], { onShard: ignore, onSlice() {
      taken++;
      throw new Error('no room');
    } })).rejects.toThrow('no room');
    expect(taken).toBe(1);
  });

  it('waits for the work under way before it fails', async () => {
    let done = false;
    await expect(readShards(silent(data.slice(0, 12 * mebi)), [shard], { onShard: ignore, async onSlice() {
      await new Promise((resolve) => setTimeout(resolve, 50));
      done = true;
    } })).rejects.toMatchObject({ code: 'checkpoint/corrupt' });
    expect(done).toBe(true);
  });

  it('ends when it is cancelled', async () => {
    const controller = new AbortController();
    let taken = 0;
    await expect(readShards(onDisk(), [shard], { onShard: ignore, signal: controller.signal, onSlice() {
      taken++;
      controller.abort();
    } })).rejects.toMatchObject({ code: 'checkpoint/cancelled', message: expect.stringContaining(file) });
    expect(taken).toBe(1);
  });
});
