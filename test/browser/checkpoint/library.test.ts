/** The library in its own thread, on the browser's disk. */
import * as Comlink from 'comlink';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cdp } from 'vitest/browser';
import { keptSource } from '../../../src/checkpoint/library/kept-source';
import { serialise } from '../../../src/checkpoint/safetensors';
import { sha256 } from '../../../src/checkpoint/sha256';
import type { KeepProgress, Library, ModelPlace } from '../../../workers/protocol';
import '../../../workers/transfer';

const url = new URL('/test/fixtures/llava-tiny', location.href).href;
const shard = 'model-00001-of-00002.safetensors';
const silent = Comlink.proxy((): void => undefined);

let thread: Worker;
let library: Comlink.Remote<Library>;

function openThread(): void {
  thread = new Worker(new URL('../../../workers/library.ts', import.meta.url), { type: 'module' });
  library = Comlink.wrap<Library>(thread);
}

async function modelsFolder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle('comd-models', { create: true });
}

async function folderNames(): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (await modelsFolder()).keys()) names.push(name);
  return names;
}

/** A folder of one large weights file, on this machine. */
function largeFolder(megabytes: number): ModelPlace & { kind: 'files' } {
  const bytes = new Uint8Array(new Uint32Array(megabytes * 2 ** 18).map((_, i) => i).buffer);
  const weights = serialise([{ name: 'w', dtype: 'F32', shape: [bytes.length / 4], bytes }]);
  return {
    kind: 'files', name: 'large',
    files: [new File(['{"model_type":"llama"}'], 'config.json', { lastModified: 1 }), new File([weights], 'model.safetensors', { lastModified: 1 })],
  };
}

beforeEach(async () => {
  for (const name of await folderNames()) await (await modelsFolder()).removeEntry(name, { recursive: true });
  openThread();
});
afterEach(() => thread.terminate());

describe('the library on the browser\'s disk', () => {
  it('keeps, lists, checks, reads, packs and removes a model', async () => {
    const told: KeepProgress[] = [];
    const kept = await library.keep({ kind: 'url', url }, Comlink.proxy((progress: KeepProgress) => { told.push(progress); }));
    expect(kept).toMatchObject({ name: 'llava-tiny', source: url, family: 'llava' });
    expect(await library.list()).toEqual([kept]);
    expect(told.at(-1)).toMatchObject({ done: kept.bytes, of: kept.bytes });
    await library.verify(kept.id, silent);
    const source = await keptSource(kept.id);
    const served = new Uint8Array(await (await fetch(`${url}/${shard}`)).arrayBuffer());
    for await (const piece of source.bytes(shard, 0)) expect(piece).toEqual(served);
    const zip = await library.archive(kept.id);
    const back = unzipSync(new Uint8Array(await zip.arrayBuffer()));
    expect(Object.keys(back)).toEqual(kept.files.map(({ file }) => file));
    expect(back[shard]).toEqual(served);
    const { used, quota } = await library.room();
    expect(used).toBeGreaterThan(kept.bytes);
    expect(quota).toBeGreaterThan(used);
    await library.remove(kept.id);
    expect(await library.list()).toEqual([]);
    expect(await folderNames()).toEqual([]);
  });

  it('finds one bit that changed on the disk', async () => {
    const kept = await library.keep({ kind: 'url', url }, silent);
    const folder = await (await modelsFolder()).getDirectoryHandle(kept.id);
    for await (const name of folder.keys()) {
      if (!name.endsWith(shard)) continue;
      const writable = await (await folder.getFileHandle(name)).createWritable({ keepExistingData: true });
      await writable.write({ type: 'write', position: 40_000, data: new Uint8Array([0xaa]) });
      await writable.close();
    }
    await expect(library.verify(kept.id, silent)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining(shard) });
  });

  it('goes on with what a closed tab has left', async () => {
    const place = largeFolder(128);
    await new Promise<void>((resolve) => {
      void library.keep(place, Comlink.proxy(({ done }: KeepProgress) => { if (done > 2 ** 20) resolve(); }));
    });
    thread.terminate();
    openThread();
    const [left] = await library.unfinished();
    expect(left).toMatchObject({ name: 'large', source: 'the folder "large"' });
    expect(left?.bytes).toBeGreaterThan(2 ** 20);
    expect(left?.bytes).toBeLessThan(left?.of ?? 0);
    expect(await library.list()).toEqual([]);
    const told: KeepProgress[] = [];
    const kept = await library.keep(place, Comlink.proxy((progress: KeepProgress) => { told.push(progress); }));
    expect(Math.min(...told.filter(({ file }) => file === 'model.safetensors').map(({ loaded }) => loaded))).toBeGreaterThan(left?.bytes ?? 0);
    const whole = new Uint8Array(await (place.files[1] as File).arrayBuffer());
    expect(kept.files[1]).toMatchObject({ file: 'model.safetensors', sha256: await sha256(whole) });
    expect(await library.unfinished()).toEqual([]);
  });

  it('leaves nothing of a model that is cancelled', async () => {
    const refused = library.keep(largeFolder(128), Comlink.proxy(({ done }: KeepProgress) => { if (done > 2 ** 20) void library.cancel(); }));
    await expect(refused).rejects.toMatchObject({ code: 'checkpoint/cancelled' });
    expect(await folderNames()).toEqual([]);
  });

  it('does not touch a model that another tab works on', async () => {
    const { id } = await library.keep({ kind: 'url', url }, silent);
    await navigator.locks.request(`comd-web model ${id}`, async () => {
      await expect(library.remove(id)).rejects.toMatchObject({ code: 'run/busy' });
      await expect(library.keep({ kind: 'url', url }, silent)).rejects.toMatchObject({ code: 'run/busy' });
    });
    expect(await library.list()).toHaveLength(1);
  });

  it('clears what it wrote when the disk fills up half-way', async () => {
    const kept = await library.keep({ kind: 'url', url }, silent);
    const session = cdp() as unknown as { send(method: string, given: object): Promise<unknown> };
    const { used } = await library.room();
    let full: Promise<unknown> | undefined;
    const refused = library.keep(largeFolder(128), Comlink.proxy(({ done }: KeepProgress) => {
      if (done > 2 ** 20) full ??= session.send('Storage.overrideQuotaForOrigin', { origin: location.origin, quotaSize: used + 16 * 2 ** 20 });
    }));
    try {
      await expect(refused).rejects.toMatchObject({ code: 'checkpoint/quota', message: expect.stringContaining('"large"') });
    } finally {
      await full;
      await session.send('Storage.overrideQuotaForOrigin', { origin: location.origin });
    }
    expect(await folderNames()).toEqual([kept.id]);
    await library.verify(kept.id, silent);
  });
});
