/** The library beyond downloads: composing, checking, reading, packing and removing what is kept. */
import { unzipSync } from 'fflate';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { keptSource } from '../../../../src/checkpoint/library/kept-source';
import { ModelLibrary, type Surroundings } from '../../../../src/checkpoint/library/library';
import { Meter } from '../../../../src/checkpoint/library/progress';
import type { KeepProgress, KeptModel, ModelPlace } from '../../../../workers/protocol';
import { filesSource } from '../../../../src/checkpoint/files-source';
import { fixture, without } from '../../../support/folder';
import { MemoryDisk } from '../../../support/memory-disk';

const files = without(fixture('llava-tiny'), 'expected.json');
const silent = (): void => undefined;
const shard = 'model-00001-of-00002.safetensors';

let disk: MemoryDisk;
let compose: Surroundings['compose'];
let library: ModelLibrary;
/** What `openPlace` gives. */
let opening: ReturnType<Surroundings['openPlace']>;

function folder(name: string, lastModified = 1): ModelPlace & { kind: 'files' } {
  return { kind: 'files', name, files: [...files].map(([file, bytes]) => new File([bytes], file, { lastModified })) };
}

function opened(on: MemoryDisk): ModelLibrary {
  return new ModelLibrary({
    disk: on,
    sourceOf: (place) => place.kind === 'files' ? Promise.resolve(filesSource(place.name, place.files)) : Promise.reject(new Error('no network')),
    openPlace: () => opening,
    compose: (...given) => compose(...given),
  });
}

/** The bytes of a kept file, which a test may spoil. */
function storedBytes(model: KeptModel, file: string): Uint8Array<ArrayBuffer> {
  const found = [...disk.contents()].find(([path]) => path.startsWith(model.id) && path.endsWith(`~${file}`));
  return found?.[1] as Uint8Array<ArrayBuffer>;
}

beforeEach(() => {
  disk = new MemoryDisk();
  library = opened(disk);
  opening = Promise.resolve({ place: 'somewhere' } as Awaited<typeof opening>);
});

describe('a kept model', () => {
  it('comes from a folder of files, and another folder of that name is another model', async () => {
    const first = await library.keep(folder('tiny', 1), silent);
    expect(first).toMatchObject({ name: 'tiny', source: 'the folder "tiny"', family: 'llava' });
    const second = await library.keep(folder('tiny', 2), silent);
    expect(await library.keep(folder('tiny', 2), silent)).toEqual(second);
    expect((await library.list()).map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
    expect(await library.keep({ kind: 'kept', id: first.id }, silent)).toEqual(first);
  });

  it('is listed newest first', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    for (const [day, name] of [[2, 'b'], [3, 'c'], [1, 'a']] as const) {
      vi.setSystemTime(new Date(2026, 0, day));
      await library.keep(folder(name), silent);
    }
    vi.useRealTimers();
    expect((await library.list()).map(({ name }) => name)).toEqual(['c', 'b', 'a']);
  });

  it('is found damaged by one bit, naming the file and both hashes', async () => {
    const kept = await library.keep(folder('tiny'), silent);
    const told: KeepProgress[] = [];
    await library.verify(kept.id, (progress) => told.push(progress));
    expect(told.at(-1)).toMatchObject({ done: kept.bytes, of: kept.bytes });
    const bytes = storedBytes(kept, shard);
    bytes[40_000] = (bytes[40_000] as number) ^ 1;
    await expect(library.verify(kept.id, silent)).rejects.toMatchObject({
      code: 'checkpoint/corrupt',
      message: expect.stringMatching(new RegExp(`^${shard}: expected SHA-256 ${kept.files.find(({ file }) => file === shard)?.sha256}, found [0-9a-f]{64}`)),
      remedy: expect.stringContaining('keep it again'),
    });
  });

  it('that the browser cut short is refused by every way of reading it', async () => {
    const kept = await library.keep(folder('tiny'), silent);
    const [id, stored] = [...disk.folders][0] as [string, Map<string, Uint8Array<ArrayBuffer>>];
    for (const [name, bytes] of stored) if (name.endsWith(shard)) stored.set(name, bytes.slice(1));
    const cut = { code: 'checkpoint/corrupt', message: expect.stringContaining(`${shard}: expected 43224 bytes, found 43223`), remedy: expect.stringContaining('cleared') };
    await expect(library.verify(kept.id, silent)).rejects.toMatchObject(cut);
    await expect(library.archive(id)).rejects.toMatchObject(cut);
    await expect(keptSource(id, disk)).rejects.toMatchObject(cut);
  });

  it('is read slice by slice by name, and is not there for another id', async () => {
    const kept = await library.keep(folder('tiny'), silent);
    const source = await keptSource(kept.id, disk);
    expect(source).toMatchObject({ name: 'tiny', place: 'the kept model "tiny"', gguf: undefined });
    const pieces: number[] = [];
    for await (const piece of source.bytes(shard, 43_000, 43_010)) pieces.push(...piece);
    expect(pieces).toEqual([...files.get(shard)?.subarray(43_000, 43_010) ?? []]);
    expect(await source.size('nothing.json')).toBeUndefined();
    expect(JSON.parse(await source.text('config.json') ?? '')).toMatchObject({ model_type: 'llava' });
    await expect(keptSource('nobody', disk)).rejects.toMatchObject({ code: 'checkpoint/missing-file' });
  });

  it('becomes a zip that any program opens', async () => {
    const kept = await library.keep(folder('tiny'), silent);
    const zip = await library.archive(kept.id);
    expect(zip.name).toBe('tiny.zip');
    const back = unzipSync(new Uint8Array(await zip.arrayBuffer()));
    expect(new Map(Object.entries(back))).toEqual(files);
  });

  it('above four gigabytes becomes none', async () => {
    const kept = await library.keep(folder('tiny'), silent);
    const stored = disk.folders.get(kept.id);
    const record = JSON.parse(new TextDecoder().decode(stored?.get('record.json'))) as { files: { bytes: number }[] };
    (record.files[0] as { bytes: number }).bytes = 2 ** 32;
    stored?.set('record.json', new TextEncoder().encode(JSON.stringify(record)));
    await expect(library.archive(kept.id)).rejects.toMatchObject({ code: 'checkpoint/unsupported', message: expect.stringContaining('4.3 GB') });
  });

  it('is removed with all its files, and others stay', async () => {
    const [first, second] = [await library.keep(folder('a'), silent), await library.keep(folder('b'), silent)];
    await library.remove(first.id);
    await library.remove(first.id);
    expect(await library.list()).toEqual([second]);
    expect([...disk.folders.keys()]).toEqual([second.id]);
  });

  it('is no model any more when its removal is cut off after the record', async () => {
    const kept = await library.keep(folder('tiny'), silent);
    disk.onWrite = (what) => { if (what.startsWith('discard')) throw new DOMException('closed', 'AbortError'); };
    await expect(library.remove(kept.id)).rejects.toThrow('closed');
    disk.onWrite = silent;
    library = opened(disk);
    expect(await library.list()).toEqual([]);
    expect(disk.contents().size).toBe(0);
  });
});

describe('composing', () => {
  const composition = { tower: folder('tower'), decoder: folder('decoder'), connector: 'mlp' as const, name: 'joined', seed: 1 };

  beforeEach(() => {
    compose = async (_tower, _decoder, _options, sink, onProgress) => {
      await sink.reserve([...files.values()].reduce((sum, { length }) => sum + length, 0));
      for (const [name, bytes] of files) {
        const file = await sink.file(name);
        await file.write(bytes);
        onProgress?.({ file: name, loaded: file.bytes, total: bytes.length });
        await file.close();
      }
    };
  });

  it('keeps what is written, each time as a model of its own', async () => {
    const told: KeepProgress[] = [];
    const kept = await library.compose(composition, (progress) => told.push(progress));
    expect(kept).toMatchObject({ name: 'joined', family: 'llava', source: 'composed of somewhere and somewhere' });
    expect(told.at(-1)).toMatchObject({ done: kept.bytes, of: kept.bytes });
    await library.verify(kept.id, silent);
    await library.compose(composition, silent);
    expect(await library.list()).toHaveLength(2);
  });

  it.each([
    ['is cancelled', 'checkpoint/cancelled', () => library.cancel()],
    ['finds the disk full', 'checkpoint/quota', () => { disk.quota = disk.used; }],
    ['fails', undefined, () => { throw new Error('no such tensor'); }],
  ])('leaves nothing, and no open file, when it %s half-way', async (_, code, strike) => {
    const whole = compose;
    compose = (tower, decoder, options, sink, _progress, signal) => whole(tower, decoder, options, sink, ({ file }) => {
      if (file === 'tokenizer.json') void strike();
    }, signal);
    await expect(library.compose(composition, silent)).rejects.toMatchObject(code === undefined ? { message: 'no such tensor' } : { code });
    expect(disk.contents().size).toBe(0);
    expect(disk.open.size).toBe(0);
  });

  it('can be cancelled while its parts are opened', async () => {
    opening = new Promise(() => undefined);
    const refused = library.compose(composition, silent);
    await library.cancel();
    await expect(refused).rejects.toMatchObject({ code: 'checkpoint/cancelled' });
    expect(disk.contents().size).toBe(0);
  });

  it('that a closed tab left half-way is cleared, for it cannot be gone on with', async () => {
    let torn: MemoryDisk | undefined;
    const whole = compose;
    compose = (tower, decoder, options, sink, _progress, signal) => whole(tower, decoder, options, sink, () => { torn ??= disk.reopened(); }, signal);
    await library.compose(composition, silent);
    const left = torn as unknown as MemoryDisk;
    expect(left.contents().size).toBeGreaterThan(0);
    expect(await opened(left).unfinished()).toEqual([]);
    expect(left.contents().size).toBe(0);
  });
});

describe('progress', () => {
  it('is told ten times a second, and the last of it always', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const told: KeepProgress[] = [];
    const meter = new Meter((progress) => told.push(progress));
    meter.expect(2000);
    for (let i = 1; i <= 1000; i++) {
      meter.moved('a', i, 1000);
      meter.moved('b', i, 1000);
      vi.advanceTimersByTime(1);
    }
    vi.useRealTimers();
    expect(told.length).toBeGreaterThanOrEqual(10);
    expect(told.length).toBeLessThanOrEqual(12);
    expect(told[0]).toEqual({ file: 'a', loaded: 1, total: 1000, done: 1, of: 2000 });
    expect(told.at(-1)).toEqual({ file: 'b', loaded: 1000, total: 1000, done: 2000, of: 2000 });
  });
});
