/** Keeping a model, on a disk in memory: what is stored, what is refused, and what stays. */
import { beforeEach, describe, expect, it } from 'vitest';
import { keptSource } from '../../../../src/checkpoint/library/kept-source';
import type { ModelLibrary } from '../../../../src/checkpoint/library/library';
import { sha256 } from '../../../../src/checkpoint/sha256';
import type { KeepProgress } from '../../../../workers/protocol';
import { changed, type Files, fixture, jsonBytes, without } from '../../../support/folder';
import { keptFiles, libraryOf, smallModel } from '../../../support/kept';
import { MemoryDisk } from '../../../support/memory-disk';
import { MemorySource } from '../../../support/memory-source';
import { writeGguf } from '../gguf/write-gguf';

const url = 'https://models.test/tiny';
const shard = 'model-00002-of-00002.safetensors';
const silent = (): void => undefined;

let disk: MemoryDisk;
let source: MemorySource;
let library: ModelLibrary;

function begin(files: Files): void {
  disk = new MemoryDisk();
  source = new MemorySource(url, files);
  library = libraryOf(disk, () => source);
}

const keep = (tell: (progress: KeepProgress) => void = silent) => library.keep({ kind: 'url', url }, tell);

beforeEach(() => begin(without(fixture('llava-tiny'), 'expected.json')));

describe('keeping a model', () => {
  it('stores every file that makes the checkpoint, hashed, and lists it', async () => {
    const kept = await keep();
    expect(await keptFiles(disk, kept.id)).toEqual(source.files);
    expect(kept).toMatchObject({ name: 'tiny', source: url, family: 'llava', bytes: [...source.files.values()].reduce((sum, { length }) => sum + length, 0) });
    const hashes = await Promise.all(kept.files.map(async ({ file }) => sha256(source.files.get(file) as Uint8Array)));
    expect(kept.files.map((file) => file.sha256)).toEqual(hashes);
    expect(await library.list()).toEqual([kept]);
    expect(await library.unfinished()).toEqual([]);
    await library.verify(kept.id, silent);
  });

  it('leaves out what is no part of the checkpoint', async () => {
    begin(fixture('llava-tiny'));
    expect((await keep()).files.map(({ file }) => file)).not.toContain('expected.json');
  });

  it('takes a PEFT adapter and a GGUF file for what they are', async () => {
    const weights = smallModel(1).get('model.safetensors') as Uint8Array<ArrayBuffer>;
    begin(new Map([['adapter_config.json', jsonBytes({ r: 4 })], ['adapter_model.safetensors', weights]]));
    expect(await keep()).toMatchObject({ family: 'adapter', files: [{ file: 'adapter_config.json' }, { file: 'adapter_model.safetensors' }] });
    begin(new Map([['model.gguf', writeGguf({})]]));
    source.gguf = 'model.gguf';
    const kept = await keep();
    expect(kept).toMatchObject({ family: 'gguf', files: [{ file: 'model.gguf', bytes: 32 }] });
    expect((await keptSource(kept.id, disk)).gguf).toBe('model.gguf');
  });

  it('fetches three files at once, not more', async () => {
    let most = 0;
    source.onPiece = () => {
      most = Math.max(most, disk.open.size);
      return new Promise((resolve) => setTimeout(resolve, 0));
    };
    source.piece = 5000;
    await keep();
    expect(most).toBe(3);
  });

  it('tells how far it is, a few times and at the end all', async () => {
    const told: KeepProgress[] = [];
    const kept = await keep((progress) => told.push(progress));
    expect(told.at(-1)).toMatchObject({ done: kept.bytes, of: kept.bytes });
    expect(told.every(({ done, of, loaded, total }) => done <= of && loaded <= total)).toBe(true);
    // Over a thousand pieces came.
    expect(told.length).toBeLessThan(300);
  });

  it.each(['config.json', shard])('refuses a folder without %s by name, and leaves nothing', async (file) => {
    begin(without(source.files, file));
    await expect(keep()).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining(file) });
    expect(disk.contents().size).toBe(0);
  });

  it.each([
    ['a hash by checksums.json that differs', (files: Files) => new Map(files).set('checksums.json', jsonBytes({ 'config.json': { bytes: files.get('config.json')?.length, sha256: '0'.repeat(64) } })), 'config.json', /expected SHA-256 0{64} by checksums.json, found [0-9a-f]{64}/],
    ['a length by checksums.json that differs', (files: Files) => new Map(files).set('checksums.json', jsonBytes({ 'config.json': { bytes: 7, sha256: '0'.repeat(64) } })), 'config.json', /expected 7 bytes/],
    ['a shard that is longer than its header says', (files: Files) => changed(files, shard, (bytes) => new Uint8Array([...bytes, 0])), shard, /expected 16400 bytes by its header, found 16401/],
    ['a truncated shard', (files: Files) => changed(files, shard, (bytes) => bytes.slice(0, -1)), shard, /expected 16400 bytes by its header, found 16399/],
    ['a shard that is none', (files: Files) => changed(files, shard, (bytes) => bytes.fill(0xff, 0, 8)), shard, /header/],
    ['a configuration that is no JSON', (files: Files) => changed(files, 'config.json', (bytes) => bytes.slice(0, 20)), 'config.json', /not JSON/],
  ])('refuses %s, and leaves nothing', async (_, spoil, file, message) => {
    begin(spoil(source.files));
    const refused = keep();
    await expect(refused).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(message) });
    await expect(refused).rejects.toThrow(file);
    expect(disk.contents().size).toBe(0);
    expect(disk.open.size).toBe(0);
  });

  it('refuses a hash that the source gives and that differs', async () => {
    source.sha256 = (file) => Promise.resolve(file === shard ? 'f'.repeat(64) : undefined);
    await expect(keep()).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(new RegExp(`${shard}: expected SHA-256 f{64} by ${url}`)) });
    expect(disk.contents().size).toBe(0);
  });

  it('refuses a stream that gives more than was announced before it fills the disk', async () => {
    const size = source.size.bind(source);
    source.size = (file) => file === shard ? Promise.resolve(100) : size(file);
    await expect(keep()).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: `${shard}: expected 100 bytes, found more.` });
    expect(disk.contents().size).toBe(0);
  });

  it('asks for room before the first byte, naming what is needed and what is free', async () => {
    disk.quota = 50_000;
    await expect(keep()).rejects.toMatchObject({
      code: 'checkpoint/quota', message: expect.stringMatching(/"tiny": it needs 0\.1 MB, and 0\.[01] MB are free/), remedy: expect.stringContaining('Remove kept models'),
    });
    expect(source.asked).toEqual([]);
    expect(disk.contents().size).toBe(0);
  });

  it('does with a disk that fills up half-way as if it had not begun', async () => {
    await keep();
    const before = disk.contents();
    source = new MemorySource('https://models.test/other', smallModel(1));
    disk.unseen = 1;
    disk.quota = disk.used + 800;
    await expect(library.keep({ kind: 'url', url: source.place }, silent)).rejects.toMatchObject({ code: 'checkpoint/quota' });
    expect(source.asked).not.toEqual([]);
    expect(disk.contents()).toEqual(before);
    expect(disk.open.size).toBe(0);
  });

  it('lets one model be made at a time, and one worker at a time have a model', async () => {
    source.onPiece = () => new Promise((resolve) => setTimeout(resolve, 1));
    source.piece = 20_000;
    const first = keep();
    await expect(keep()).rejects.toMatchObject({ code: 'run/busy' });
    const otherTab = libraryOf(disk, () => source);
    await expect(otherTab.keep({ kind: 'url', url }, silent)).rejects.toMatchObject({ code: 'run/busy' });
    const { id } = await first;
    await disk.alone(id, () => expect(otherTab.remove(id)).rejects.toMatchObject({ code: 'run/busy' }));
    expect(await library.list()).toHaveLength(1);
  });
});

describe('cancelling', () => {
  it('removes all that was written, and what was kept before stays', async () => {
    const kept = await keep();
    const before = disk.contents();
    source = new MemorySource('https://models.test/other', smallModel(1));
    source.onPiece = (file, at) => { if (file === 'model.safetensors' && at > 100) void library.cancel(); };
    await expect(library.keep({ kind: 'url', url: source.place }, silent)).rejects.toMatchObject({ code: 'checkpoint/cancelled' });
    expect(disk.contents()).toEqual(before);
    expect(disk.open.size).toBe(0);
    expect(await library.list()).toEqual([kept]);
  });

  it('need not wait for a server that does not answer about its files', async () => {
    source.size = () => new Promise(() => undefined);
    const refused = keep();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await library.cancel();
    await expect(refused).rejects.toMatchObject({ code: 'checkpoint/cancelled' });
    expect(disk.contents().size).toBe(0);
    await expect(library.cancel()).resolves.toBeUndefined();
  });
});

describe('an address that is kept already', () => {
  beforeEach(async () => {
    begin(smallModel(1));
    await keep();
    source.asked.length = 0;
  });

  it('is not fetched again while its files are the same', async () => {
    const [before] = await library.list();
    expect(await keep()).toEqual(before);
    source.versions = () => 'v2';
    source.hashes = true;
    expect(await keep()).toEqual(before);
    expect(source.asked).toEqual([]);
  });

  it('is replaced when they changed, and no old file stays', async () => {
    source = new MemorySource(url, smallModel(2));
    source.versions = () => 'v2';
    const kept = await keep();
    expect(await keptFiles(disk, kept.id)).toEqual(smallModel(2));
    expect(await library.list()).toEqual([kept]);
    // Three files and the record.
    expect(disk.contents().size).toBe(4);
  });

  it('is fetched again when the browser cleared a file of it', async () => {
    const folder = [...disk.folders.values()][0];
    for (const name of folder?.keys() ?? []) if (name.endsWith('~model.safetensors')) folder?.delete(name);
    const [kept] = await library.list();
    await expect(keptSource(kept?.id ?? '', disk)).rejects.toMatchObject({ code: 'checkpoint/missing-file', remedy: expect.stringContaining('cleared') });
    await expect(library.verify(kept?.id ?? '', silent)).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining('model.safetensors') });
    const again = await keep();
    await library.verify(again.id, silent);
  });

  it('stays whole when its replacement fails', async () => {
    const before = await keptFiles(disk, (await library.list())[0]?.id ?? '');
    source = new MemorySource(url, changed(smallModel(2), 'model.safetensors', (bytes) => bytes.slice(1)));
    source.versions = () => 'v2';
    await expect(keep()).rejects.toMatchObject({ code: 'checkpoint/corrupt' });
    const [kept] = await library.list();
    expect(await keptFiles(disk, kept?.id ?? '')).toEqual(before);
    expect(disk.contents().size).toBe(4);
  });
});
