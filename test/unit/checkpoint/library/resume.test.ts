/** What breaks off half-way, on a disk in memory: it is gone on with, or nothing of it is left. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ModelLibrary } from '../../../../src/checkpoint/library/library';
import { ComdError } from '../../../../src/errors';
import type { KeepProgress } from '../../../../workers/protocol';
import { type Files, fixture, without } from '../../../support/folder';
import { keptFiles, libraryOf, smallModel } from '../../../support/kept';
import { MemoryDisk } from '../../../support/memory-disk';
import { MemorySource, unreachable } from '../../../support/memory-source';

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

describe('a download that broke off', () => {
  /** Breaks the network when so many bytes of the second shard have come. */
  const breakAt = (bytes: number): void => {
    source.onPiece = (file, at) => { if (file === shard && at >= bytes) throw unreachable(); };
  };

  beforeEach(() => { source.piece = 1000; });

  async function broken(): Promise<void> {
    breakAt(5000);
    await expect(keep()).rejects.toMatchObject({ code: 'checkpoint/unreachable' });
    disk = disk.reopened();
    library = libraryOf(disk, () => source);
    source.asked.length = 0;
    source.onPiece = silent;
  }

  it('is not listed as kept, but as unfinished, until it is removed', async () => {
    await broken();
    expect(await library.list()).toEqual([]);
    const [unfinished] = await library.unfinished();
    expect(unfinished).toMatchObject({ name: 'tiny', source: url });
    expect(unfinished?.bytes).toBeGreaterThan(5000);
    expect(unfinished?.bytes).toBeLessThan(unfinished?.of ?? 0);
    await library.remove(unfinished?.id ?? '');
    expect(await library.unfinished()).toEqual([]);
    expect(disk.contents().size).toBe(0);
  });

  it('goes on where it was, without a file that was whole', async () => {
    await broken();
    const kept = await keep();
    expect(source.asked).toContain(`${shard} 5000`);
    expect(source.asked.some((asked) => asked.startsWith('config.json'))).toBe(false);
    expect((await keptFiles(disk, kept.id)).get(shard)).toEqual(source.files.get(shard));
    await library.verify(kept.id, silent);
    expect(await library.unfinished()).toEqual([]);
  });

  it('goes on after a tab that closed without a word', async () => {
    let torn: MemoryDisk | undefined;
    source.onPiece = (file, at) => { if (file === shard && at === 7000) torn = disk.reopened(); };
    await keep();
    disk = torn as unknown as MemoryDisk;
    library = libraryOf(disk, () => source);
    source.asked.length = 0;
    const kept = await keep();
    expect(source.asked).toContain(`${shard} 7000`);
    expect((await keptFiles(disk, kept.id)).get(shard)).toEqual(source.files.get(shard));
  });

  it.each([
    ['changed meanwhile', (file: string) => file === shard ? 'v2' : 'v1'],
    ['cannot be told from another version', () => undefined],
  ])('starts a file again that %s', async (_, versions) => {
    await broken();
    source.versions = versions;
    await keep();
    expect(source.asked).toContain(`${shard} 0`);
  });

  it('finds a damaged beginning by the hash, and then starts anew', async () => {
    source.hashes = true;
    await broken();
    const [id, folder] = [...disk.folders][0] as [string, Map<string, Uint8Array<ArrayBuffer>>];
    const name = [...folder.keys()].find((other) => other.endsWith(`~${shard}`)) as string;
    folder.set(name, new Uint8Array(5000));
    await expect(keep()).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining(shard) });
    expect(disk.folders.has(id)).toBe(false);
    await keep();
  });

  it('is removed whole when it is gone on with and cancelled', async () => {
    await broken();
    source.onPiece = () => void library.cancel();
    await expect(keep()).rejects.toMatchObject({ code: 'checkpoint/cancelled' });
    expect(disk.contents().size).toBe(0);
  });
});

describe('wherever keeping fails', () => {
  /** Any failure of the disk, of the network, of the person, or of the tab. */
  const failure = fc.record({
    at: fc.nat(40),
    kind: fc.constantFrom('quota' as const, 'disk' as const, 'network' as const, 'cancel' as const, 'tab' as const),
    again: fc.boolean(),
  });

  it('there is the old model or the new one, whole, and nothing else is listed', async () => {
    const seen = new Set<string>();
    await fc.assert(fc.asyncProperty(failure, async ({ at, kind, again }) => {
      begin(smallModel(1));
      if (again) await keep();
      const old = again ? await keptFiles(disk, (await library.list())[0]?.id ?? '') : undefined;
      source = new MemorySource(url, smallModel(2));
      source.versions = () => 'v2';
      let torn: MemoryDisk | undefined;
      let moment = 0;
      const strike = (where: 'disk' | 'network'): void => {
        if (moment++ !== at) return;
        if (kind === 'cancel') void library.cancel();
        if (kind === 'tab') torn = disk.reopened();
        if (kind === 'network' && where === 'network') throw unreachable();
        if (kind === 'quota' && where === 'disk') throw new DOMException('full', 'QuotaExceededError');
        if (kind === 'disk' && where === 'disk') throw new DOMException('broken', 'InvalidStateError');
      };
      disk.onWrite = () => strike('disk');
      source.onPiece = () => strike('network');
      const outcome = await keep().then(() => 'kept', (cause: unknown) => cause instanceof ComdError ? cause.code : 'unexpected');
      seen.add(`${kind}: ${outcome}`);
      disk.onWrite = silent;
      disk = torn ?? disk;
      library = libraryOf(disk, () => source);
      const listed = await library.list();
      const held = listed[0] && await keptFiles(disk, listed[0].id);
      if (outcome === 'kept' && kind !== 'tab') expect(held).toEqual(smallModel(2));
      else expect([JSON.stringify([...old ?? []]), JSON.stringify([...smallModel(2)])]).toContain(JSON.stringify([...held ?? []]));
      if (kind !== 'network' && kind !== 'tab' && outcome !== 'kept') expect(await library.unfinished()).toEqual([]);
      for (const model of listed) await library.verify(model.id, silent);
      source.onPiece = silent;
      const kept = await keep();
      expect(await keptFiles(disk, kept.id)).toEqual(smallModel(2));
      expect(disk.contents().size).toBe(4);
    }), { numRuns: 200 });
    expect([...seen].sort()).toEqual(expect.arrayContaining(['cancel: checkpoint/cancelled', 'disk: unexpected', 'network: checkpoint/unreachable', 'quota: checkpoint/quota', 'tab: kept']));
  });
});
