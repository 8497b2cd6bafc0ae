import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/open';

describe('a checkpoint over the browser\'s own fetch', () => {
  it('is opened, listed and read whole', async () => {
    const checkpoint = await openCheckpoint('/test/fixtures/llava-tiny');
    const read = new Map<string, number>();
    const last = new Map<string, boolean>();
    await checkpoint.read((name, _shape, data) => { read.set(name, data.length); }, (file, loaded, total) => { last.set(file, loaded === total); });
    expect([...read.keys()].sort()).toEqual([...checkpoint.tensors.keys()].sort());
    expect([...last.values()]).toEqual([true, true]);
  });

  it('that is not there is refused by its address', async () => {
    await expect(openCheckpoint('/test/fixtures/nowhere')).rejects.toMatchObject({
      code: 'checkpoint/missing-file', message: expect.stringMatching(/nowhere\/\w+/),
    });
  });
});
