import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/checkpoint/checkpoint';
import { filesSource } from '../../../src/checkpoint/files-source';
import { openCheckpoint } from '../../../src/checkpoint/open';

async function expectWhole(checkpoint: Checkpoint): Promise<void> {
  const read = new Map<string, number>();
  const last = new Map<string, boolean>();
  await checkpoint.read({
    onSlice: ({ name, bytes }) => { read.set(name, (read.get(name) ?? 0) + bytes.length); },
    onShard: (file, loaded, total) => { last.set(file, loaded === total); },
  });
  const bytes = [...checkpoint.tensors].map(([name, { shape }]) => [name, shape.reduce((a, b) => a * b, 4)] as const);
  expect(read).toEqual(new Map(bytes));
  expect([...last.values()]).toEqual([true, true]);
}

describe('a checkpoint over the browser\'s own fetch', () => {
  it('is opened, listed and read whole', async () => {
    await expectWhole(await openCheckpoint('/test/fixtures/llava-tiny'));
  });

  it('that is not there is refused by its address', async () => {
    await expect(openCheckpoint('/test/fixtures/nowhere')).rejects.toMatchObject({
      code: 'checkpoint/missing-file', message: expect.stringMatching(/config\.json in \/test\/fixtures\/nowhere/),
    });
  });
});

it('a checkpoint of the browser\'s own files is opened and read whole, with its hashes', async () => {
  const served = await openCheckpoint('/test/fixtures/llava-tiny');
  const names = ['config.json', 'tokenizer.json', 'model.safetensors.index.json', ...new Set([...served.tensors.values()].map(({ file }) => file))];
  const files = await Promise.all(names.map(async (name) => new File([await (await fetch(`/test/fixtures/llava-tiny/${name}`)).arrayBuffer()], name)));
  const shards = files.filter(({ name }) => name.endsWith('.safetensors'));
  const sums = Object.fromEntries(await Promise.all(shards.map(async (shard) => {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await shard.arrayBuffer()));
    return [shard.name, { bytes: shard.size, sha256: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') }] as const;
  })));
  await expectWhole(await openCheckpoint(filesSource('tiny', [...files, new File([JSON.stringify(sums)], 'checksums.json')])));
});
