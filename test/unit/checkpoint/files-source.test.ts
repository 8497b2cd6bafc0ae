import { describe, expect, it } from 'vitest';
import { filesSource } from '../../../src/checkpoint/files-source';
import { longestText } from '../../../src/checkpoint/source';

/** A file as a picker gives it, which knows its path in the chosen folder. */
function picked(path: string, content: BlobPart = path): File {
  const file = new File([content], path.split('/').at(-1) ?? '');
  Object.defineProperty(file, 'webkitRelativePath', { value: path });
  return file;
}

describe('files on this machine', () => {
  it('go by their last names, with the folder in words', async () => {
    const source = filesSource('mine', [picked('mine/config.json', '{}'), picked('mine/model.safetensors')]);
    expect(source.place).toBe('the folder "mine"');
    expect(await source.list()).toEqual(['config.json', 'model.safetensors']);
    expect(await source.text('config.json')).toBe('{}');
    expect(await source.text('other.json')).toBeUndefined();
    expect(await source.size('model.safetensors')).toBe(22);
    expect(await source.size('other')).toBeUndefined();
    expect(source.gguf).toBeUndefined();
  });

  it.each([
    ['the folder with the configuration', ['top/readme.md', 'top/a/config.json', 'top/a/x', 'top/b/other.safetensors'], ['config.json', 'x']],
    ['the uppermost of several with one', ['m/config.json', 'm/checkpoint-10/config.json', 'm/x'], ['config.json', 'x']],
    ['the folder of an adapter', ['a/notes.txt', 'a/b/adapter_config.json'], ['adapter_config.json']],
    ['the only folder with weights', ['a/notes.txt', 'a/b/small.gguf'], ['small.gguf']],
    ['a folder with nothing known', ['a/notes.txt'], ['notes.txt']],
    ['files without a folder', ['config.json', 'model.safetensors'], ['config.json', 'model.safetensors']],
  ])('are those of %s', async (_, paths, names) => {
    expect(await filesSource('it', paths.map((path) => picked(path))).list()).toEqual(names);
  });

  it('of several checkpoints side by side are refused by the names of their folders', () => {
    expect(() => filesSource('it', [picked('it/a/config.json'), picked('it/b/config.json')])).toThrow(/several checkpoints: it\/a\/, it\/b\//);
  });

  it('with a single GGUF file are that file', () => {
    expect(filesSource('it', [picked('small.gguf')]).gguf).toBe('small.gguf');
    expect(filesSource('it', [picked('a/small.Q4.GGUF'), picked('a/readme.md')]).gguf).toBe('small.Q4.GGUF');
    expect(filesSource('it', [picked('a/small.gguf'), picked('a/model.safetensors')]).gguf).toBeUndefined();
    expect(filesSource('it', [picked('a/one.gguf'), picked('a/two.gguf')]).gguf).toBeUndefined();
  });

  it('are read in pieces from any byte to any other', async () => {
    const bytes = Uint8Array.from({ length: 9_000_000 }, (_, i) => i % 251);
    const source = filesSource('it', new Map([['model.safetensors', new Blob([bytes])]]));
    for (const [begin, end] of [[0, undefined], [3, 5], [5_000_000, 8_999_999], [7, 7], [9_000_000, undefined]] as const) {
      const pieces: Uint8Array[] = [];
      for await (const piece of source.bytes('model.safetensors', begin, end)) pieces.push(piece);
      expect(Math.max(0, ...pieces.map(({ length }) => length))).toBeLessThanOrEqual(8 * 2 ** 20);
      expect(Buffer.concat(pieces).equals(bytes.subarray(begin, end))).toBe(true);
    }
  });

  it('that are absent, too short, too long for a text or gone are refused by their names', async () => {
    const gone = new Blob(['x']);
    gone.slice = () => ({ stream: () => new ReadableStream({ type: 'bytes', pull: () => Promise.reject(new DOMException('gone', 'NotReadableError')) }) }) as unknown as Blob;
    const huge = new Blob(['{}']);
    Object.defineProperty(huge, 'size', { value: 1e9 });
    const source = filesSource('it', new Map([['a', new Blob(['abc'])], ['gone', gone], ['config.json', huge]]));
    const read = async (file: string, end?: number): Promise<void> => { for await (const _ of source.bytes(file, 0, end)); };
    await expect(read('b')).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining('b in the folder "it"') });
    await expect(read('a', 4)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(/a in the folder "it".*4 bytes.*after 3/) });
    await expect(read('gone')).rejects.toMatchObject({ code: 'checkpoint/changed', message: expect.stringContaining('gone in the folder "it"') });
    await expect(source.text('config.json')).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(`config.json.*${longestText}.*1000000000`) });
  });

  it('are let go when the reading is cancelled', async () => {
    const controller = new AbortController();
    const source = filesSource('it', new Map([['a', new Blob([new Uint8Array(20_000_000)])]]));
    let pieces = 0;
    const reading = (async () => {
      for await (const _ of source.bytes('a', 0, undefined, controller.signal)) {
        pieces++;
        controller.abort();
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: 'checkpoint/cancelled' });
    expect(pieces).toBe(1);
  });
});
