import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { get, put, remove } from '../../../src/checkpoint/store';

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(values);

async function folder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle('comd', { create: true });
}

async function fileNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (await folder()).keys()) names.push(name);
  return names;
}

/** Makes the n-th write from now on fail as a full disk does. */
function failWrite(n: number, name = 'QuotaExceededError'): void {
  let count = 0;
  const original = FileSystemWritableFileStream.prototype.close;
  vi.spyOn(FileSystemWritableFileStream.prototype, 'close').mockImplementation(function close(this: FileSystemWritableFileStream) {
    count++;
    return count === n ? Promise.reject(new DOMException('full', name)) : original.call(this);
  });
}

beforeEach(() => remove(''));
afterEach(() => {
  vi.restoreAllMocks();
});

describe('the store', () => {
  it('gives back what was put, by key, also large values', async () => {
    const large = new Uint8Array(3_000_000).map((_, i) => i * 7);
    await put('run-1/student', large);
    await put('run-1/student:2', bytes(1, 2));
    // Element by element: the matcher takes seconds for a value of this size.
    const back = await get('run-1/student');
    expect(back).toHaveLength(large.length);
    expect(back?.every((byte, i) => byte === large[i])).toBe(true);
    expect(await get('run-1/student:2')).toEqual(bytes(1, 2));
    expect(await get('run-1')).toBeUndefined();
  });

  it('replaces a value and keeps no file of the old one', async () => {
    await put('a~b', bytes(1));
    const before = (await fileNames()).length;
    await put('a~b', bytes(2, 3));
    expect(await get('a~b')).toEqual(bytes(2, 3));
    expect(await fileNames()).toHaveLength(before);
  });

  it('removes every key with a prefix and no other', async () => {
    for (const key of ['run-1/a', 'run-1/b', 'run-10/a', 'run-2']) await put(key, bytes(1));
    await remove('run-1/');
    expect(await get('run-1/a')).toBeUndefined();
    expect(await get('run-1/b')).toBeUndefined();
    expect(await get('run-10/a')).toEqual(bytes(1));
    await remove('run-10');
    expect(await get('run-2')).toEqual(bytes(1));
    await remove('');
    expect(await fileNames()).toEqual([]);
  });

  it.each([[1, 'data'], [2, 'marker']])('on a full disk (write %i, the %s) keeps the old value and names the key and the remedy', async (n) => {
    await put('run/snapshot', bytes(1, 2, 3));
    const before = await fileNames();
    failWrite(n);
    await expect(put('run/snapshot', bytes(9, 9))).rejects.toMatchObject({
      code: 'pools/quota', message: expect.stringContaining('run/snapshot'), remedy: expect.stringContaining('disk space'),
    });
    expect(await get('run/snapshot')).toEqual(bytes(1, 2, 3));
    expect((await fileNames()).sort()).toEqual(before.sort());
  });

  it('passes on a failure that is not about room', async () => {
    failWrite(1, 'InvalidStateError');
    await expect(put('a', bytes(1))).rejects.toMatchObject({ name: 'InvalidStateError' });
  });

  it('never reads a value whose write was cut off before its marker, and clears what it left', async () => {
    const opened = await folder();
    const torn = await (await opened.getFileHandle('run~torn', { create: true })).createWritable();
    await torn.write(bytes(1, 2));
    await torn.close();
    expect(await get('run')).toBeUndefined();
    await remove('run');
    expect(await fileNames()).toEqual([]);
  });

  it('never reads data that is shorter than its marker says, nor through a marker cut off half-way', async () => {
    await put('run', bytes(1, 2, 3, 4));
    const opened = await folder();
    const [data, marker] = [(await fileNames()).find((name) => name.includes('~')), 'run'];
    const overwrite = async (name: string, content: Uint8Array<ArrayBuffer>): Promise<void> => {
      const writable = await (await opened.getFileHandle(name)).createWritable();
      await writable.write(content);
      await writable.close();
    };
    await overwrite(data as string, bytes(1, 2));
    expect(await get('run')).toBeUndefined();
    await overwrite(marker, new TextEncoder().encode('{"file":"run~'));
    expect(await get('run')).toBeUndefined();
    await put('run', bytes(5));
    expect(await get('run')).toEqual(bytes(5));
  });
});
