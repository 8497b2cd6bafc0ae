/** Keeping a model from a server that makes trouble, over real HTTP. */
import { beforeEach, describe, expect, it } from 'vitest';
import { httpSource } from '../../../../src/checkpoint/http-source';
import type { ModelLibrary } from '../../../../src/checkpoint/library/library';
import { fixture, jsonBytes, without } from '../../../support/folder';
import { keptFiles, libraryOf } from '../../../support/kept';
import { MemoryDisk } from '../../../support/memory-disk';
import { type ShardServer, shardServer } from '../../../support/shard-server';

const files = without(fixture('llava-tiny'), 'expected.json');
const shard = 'model-00001-of-00002.safetensors';
const half = 20_000;
const silent = (): void => undefined;

let disk: MemoryDisk;

beforeEach(() => { disk = new MemoryDisk(); });

function libraryAt(server: ShardServer): ModelLibrary {
  return libraryOf(disk, () => httpSource(server.url, fetch, { pauses: [1, 1], stall: 2000 }));
}

const keep = (server: ShardServer) => libraryAt(server).keep({ kind: 'url', url: server.url }, silent);

/** The ranges that the bodies of a file were asked for from now on, but for the question how long it is. */
const rangesOf = (server: ShardServer, file: string): (string | undefined)[] => (
  server.requests.filter(({ method, path, range }) => method === 'GET' && path.endsWith(`/${file}`) && range !== 'bytes=0-0').map(({ range }) => range)
);

/** Lets the server die in the middle of a shard, until nobody tries any more. */
async function breakOff(server: ShardServer): Promise<void> {
  // The first request asks how long the file is.
  server.trouble(shard, {}, 1);
  server.trouble(shard, { diesAfter: half }, 1);
  server.trouble(shard, { status: 503 }, 3);
  await expect(keep(server)).rejects.toMatchObject({ code: 'checkpoint/unreachable' });
  disk = disk.reopened();
  server.requests.length = 0;
}

describe('keeping a model from a server', () => {
  it.each(['plain', 'hub'] as const)('stores what it serves (%s layout)', async (layout) => {
    await using server = await shardServer(files, layout);
    const kept = await keep(server);
    expect(await keptFiles(disk, kept.id)).toEqual(files);
    expect(kept.source).toBe(server.url);
  });

  it('that dies and ignores ranges gives the same bytes', async () => {
    await using server = await shardServer(files);
    server.trouble(shard, {}, 1);
    server.trouble(shard, { diesAfter: half }, 1);
    server.trouble(shard, { ignoresRanges: true });
    const kept = await keep(server);
    expect(await keptFiles(disk, kept.id)).toEqual(files);
  });

  it('that was gone for long is gone on with by a range, and whole files are not fetched again', async () => {
    await using server = await shardServer(files);
    await breakOff(server);
    const [unfinished] = await libraryAt(server).unfinished();
    expect(unfinished?.source).toBe(server.url);
    const kept = await keep(server);
    expect(rangesOf(server, shard)).toEqual([`bytes=${half}-`]);
    expect(rangesOf(server, 'tokenizer.json')).toEqual([]);
    expect(await keptFiles(disk, kept.id)).toEqual(files);
  });

  it('that has another shard meanwhile gives that one from its start', async () => {
    await using server = await shardServer(files);
    await breakOff(server);
    const other = (files.get(shard) as Uint8Array<ArrayBuffer>).slice();
    other.fill(1, -8);
    server.files.set(shard, other);
    const kept = await keep(server);
    expect(rangesOf(server, shard)).toEqual(['bytes=0-']);
    expect(await keptFiles(disk, kept.id)).toEqual(new Map(files).set(shard, other));
  });

  it('that changes a shard under way is refused, and nothing is left', async () => {
    await using server = await shardServer(files);
    server.trouble(shard, {}, 1);
    server.trouble(shard, { diesAfter: half, then: () => server.files.set(shard, (files.get(shard) as Uint8Array<ArrayBuffer>).map((byte) => byte ^ 1)) }, 1);
    await expect(keep(server)).rejects.toMatchObject({ code: 'checkpoint/changed', message: expect.stringContaining(shard) });
    expect(disk.contents().size).toBe(0);
  });

  it('that sends other bytes than the hub has the hash of is refused, and nothing is left', async () => {
    await using server = await shardServer(files, 'hub');
    const source = httpSource(server.url, fetch, { pauses: [], stall: 2000 });
    const library = libraryOf(disk, () => source);
    await source.list();
    server.files.set(shard, (files.get(shard) as Uint8Array<ArrayBuffer>).map((byte, i) => i === 40_000 ? byte ^ 1 : byte));
    await expect(library.keep({ kind: 'url', url: server.url }, silent)).rejects.toMatchObject({
      code: 'checkpoint/corrupt', message: expect.stringMatching(new RegExp(`${shard}: expected SHA-256 [0-9a-f]{64} by ${server.url}, found`)),
    });
    expect(disk.contents().size).toBe(0);
  });

  it('of a single file of any name keeps that one', async () => {
    const weights = fixture('llava-tiny-f16').get('model.safetensors') as Uint8Array<ArrayBuffer>;
    const named = new Map([['config.json', jsonBytes({ model_type: 'llava' })], ['llava.safetensors', weights]]);
    await using server = await shardServer(named, 'hub');
    const kept = await keep(server);
    expect(await keptFiles(disk, kept.id)).toEqual(named);
  });

  it('that does not tell how long its files are is refused with that', async () => {
    await using server = await shardServer(files);
    server.trouble('config.json', { ignoresRanges: true, headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' } });
    await expect(keep(server)).rejects.toMatchObject({ code: 'checkpoint/unsupported', message: expect.stringMatching(/config\.json.*how long/) });
    expect(disk.contents().size).toBe(0);
  });

  it('that is not there at all is no model', async () => {
    await using server = await shardServer(new Map());
    await expect(keep(server)).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining('config.json') });
    expect(disk.folders.size).toBe(0);
  });
});
