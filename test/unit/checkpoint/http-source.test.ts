import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Patience } from '../../../src/checkpoint/fetch-file';
import { httpSource } from '../../../src/checkpoint/http-source';
import { longestText, type Source } from '../../../src/checkpoint/source';
import type { Files } from '../../support/folder';
import { etagOf, shardServer } from '../../support/shard-server';

const file = 'model.safetensors';
const length = 300_000;
const weights = Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 255);
const others = weights.map((byte) => byte ^ 1);
const config = new TextEncoder().encode('{"model_type":"llava"}');
const folder: Files = new Map([['config.json', config], [file, weights]]);
/** Tries again at once, so that no test waits; a server that is slow because the machine is does not stall. */
const soon: Patience = { stall: 15_000, pauses: [1, 1, 1] };

async function gather(source: Source, name = file, begin = 0, end?: number, signal?: AbortSignal): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.bytes(name, begin, end, signal)) pieces.push(piece.slice());
  return new Uint8Array(Buffer.concat(pieces));
}

/** Byte by byte as `toEqual` compares, it takes a second for each. */
function expectBytes(found: Uint8Array, expected: Uint8Array): void {
  expect(found.length).toBe(expected.length);
  expect(Buffer.compare(found, expected)).toBe(0);
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('files on a server', () => {
  it('are read whole, in parts and not at all, and have their sizes', async () => {
    await using server = await shardServer(folder);
    const source = httpSource(`${server.url}/`, fetch, soon);
    expect(source).toMatchObject({ name: 'tiny', place: `${server.url}/` });
    expect(await source.text('config.json')).toBe('{"model_type":"llava"}');
    expect(await source.text('tokenizer.json')).toBeUndefined();
    expectBytes(await gather(source), weights);
    expectBytes(await gather(source, file, 1000, 1017), weights.slice(1000, 1017));
    expectBytes(await gather(source, file, length - 5), weights.slice(-5));
    expect(await gather(source, file, 7, 7)).toHaveLength(0);
    expect(await source.size(file)).toBe(length);
    expect(await source.size('absent.bin')).toBeUndefined();
    expect(await source.validator?.(file)).toBe(etagOf(weights));
    expect(await source.sha256(file)).toBeUndefined();
    expect(await source.list()).toBeUndefined();
    await expect(gather(source, 'absent.bin')).rejects.toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining(`${server.url}/absent.bin`) });
  });

  it('have their sizes before they are read, also where ranges are ignored', async () => {
    await using server = await shardServer(folder);
    expect(await httpSource(server.url).size(file)).toBe(length);
    server.trouble(file, { ignoresRanges: true });
    expect(await httpSource(server.url).size(file)).toBe(length);
  });

  it('that are empty are read', async () => {
    await using server = await shardServer(new Map([['empty.txt', new Uint8Array(0)]]));
    expect(await gather(httpSource(server.url, fetch, soon), 'empty.txt')).toHaveLength(0);
  });

  it('are never cut out of what the browser has cached', async () => {
    await using server = await shardServer(folder);
    server.trouble(file, { diesAfter: 1000, headers: { 'content-range': undefined } }, 1);
    const caches: unknown[] = [];
    const source = httpSource(server.url, (input, init) => {
      if (new Headers(init?.headers).has('range')) caches.push(init?.cache);
      return fetch(input, init);
    }, soon);
    await source.size(file);
    await gather(source);
    expect(caches.length).toBeGreaterThan(1);
    expect(new Set(caches)).toEqual(new Set(['no-store']));
  });

  it('may come compressed, or without a length', async () => {
    await using server = await shardServer(new Map([...folder, ['packed.json', gzipSync(config)]]));
    server.trouble('packed.json', { headers: { 'content-encoding': 'gzip' } });
    server.trouble('config.json', { headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' } });
    const source = httpSource(server.url, fetch, soon);
    expect(await source.text('packed.json')).toBe('{"model_type":"llava"}');
    expect(await source.text('config.json')).toBe('{"model_type":"llava"}');
    expectBytes(await gather(source, 'config.json'), config);
  });

  it('are not there where the server answers a page, and refused where it wants a name', async () => {
    await using server = await shardServer(folder);
    server.trouble('config.json', { page: true }, 1);
    const source = httpSource(server.url, fetch, soon);
    server.trouble('config.json', { page: true }, 1);
    expect(await source.text('config.json')).toBeUndefined();
    server.trouble(file, { status: 403 });
    await expect(gather(source)).rejects.toMatchObject({
      code: 'checkpoint/missing-file', message: expect.stringContaining('403'), remedy: expect.stringContaining('signing in'),
    });
    expect(server.requests.filter(({ path }) => path === `/models/tiny/${file}`)).toHaveLength(1);
  });
});

describe('a broken download', () => {
  it('goes on from where it broke, on condition that the file is the same', async () => {
    await using server = await shardServer(folder);
    server.trouble(file, { diesAfter: 100_000 }, 2);
    expectBytes(await gather(httpSource(server.url, fetch, soon)), weights);
    const [first, second, third] = server.requests;
    expect(first?.ifRange).toBeUndefined();
    expect(second).toMatchObject({ range: 'bytes=100000-', ifRange: etagOf(weights) });
    expect(third).toMatchObject({ range: 'bytes=200000-', ifRange: etagOf(weights) });
  });

  it('of a part asks for the rest of the part', async () => {
    await using server = await shardServer(folder);
    server.trouble(file, { diesAfter: 1000 }, 1);
    expectBytes(await gather(httpSource(server.url, fetch, soon), file, 500, 250_000), weights.slice(500, 250_000));
    expect(server.requests[1]?.range).toBe('bytes=1500-249999');
  });

  it('is tried as often as it makes progress', async () => {
    await using server = await shardServer(folder);
    server.trouble(file, { diesAfter: 20_000 });
    expectBytes(await gather(httpSource(server.url, fetch, soon)), weights);
    expect(server.requests.length).toBeGreaterThan(10);
  });

  it('starts over where the server ignores ranges, and gives each byte once', async () => {
    await using server = await shardServer(folder);
    server.trouble(file, { ignoresRanges: true, diesAfter: 100_000 }, 1);
    server.trouble(file, { ignoresRanges: true });
    const source = httpSource(server.url, fetch, soon);
    expectBytes(await gather(source), weights);
    expectBytes(await gather(source, file, 10, 30), weights.slice(10, 30));
  });

  it('goes on without a condition where another site\'s server does not allow one', async () => {
    await using server = await shardServer(folder);
    server.trouble(file, { diesAfter: 100_000 }, 1);
    const strict: typeof fetch = (input, init) =>
      (new Headers(init?.headers).has('if-range') ? Promise.reject(new TypeError('Failed to fetch')) : fetch(input, init));
    expectBytes(await gather(httpSource(server.url, strict, soon)), weights);
  });

  it('sends a date where the ETag is weak', async () => {
    await using server = await shardServer(folder);
    const date = 'Tue, 01 Jul 2025 10:00:00 GMT';
    const headers = { etag: 'W/"1"', 'last-modified': date };
    server.trouble(file, { diesAfter: 100_000, headers }, 1);
    server.trouble(file, { headers });
    expectBytes(await gather(httpSource(server.url, fetch, soon)), weights);
    expect(server.requests[1]?.ifRange).toBe(date);
  });

  it('is refused with both ETags when the file changed meanwhile', async () => {
    await using server = await shardServer(folder);
    server.trouble(file, { diesAfter: 100_000, then: () => { server.files.set(file, others); } }, 1);
    await expect(gather(httpSource(server.url, fetch, soon))).rejects.toMatchObject({
      code: 'checkpoint/changed', message: expect.stringMatching(new RegExp(`${file} changed.*${etagOf(weights)}.*${etagOf(others)}`)),
      remedy: expect.stringContaining('again'),
    });
  });

  it('is refused when the file changed between two of its parts, by its length where it has no ETag', async () => {
    await using server = await shardServer(folder);
    server.trouble(file, { headers: { etag: undefined } });
    const source = httpSource(server.url, fetch, soon);
    await gather(source, file, 0, 8);
    server.files.set(file, weights.slice(0, 200_000));
    await expect(gather(source, file, 8, 100)).rejects.toMatchObject({ code: 'checkpoint/changed', message: expect.stringMatching(/300000 bytes.*200000 bytes/) });
  });

  it('that stalls is given up and gone on with', async () => {
    await using server = await shardServer(folder);
    server.trouble(file, { stallsAfter: 100_000 }, 1);
    expectBytes(await gather(httpSource(server.url, fetch, { ...soon, stall: 300 })), weights);
    expect(server.requests.map(({ range }) => range)).toContain('bytes=100000-');
  });

  it('is not given up while the reader takes its time', async () => {
    await using server = await shardServer(folder);
    const source = httpSource(server.url, fetch, { stall: 1000, pauses: [] });
    let slow = true;
    for await (const _ of source.bytes(file, 0)) {
      if (slow) await new Promise((resolve) => setTimeout(resolve, 1500));
      slow = false;
    }
    expect(server.requests).toHaveLength(1);
  });

  it('ends, when there is no progress, in an error with address, tries, bytes and reason', async () => {
    await using server = await shardServer(folder);
    server.trouble(file, { diesAfter: 1000 }, 1);
    server.trouble(file, { status: 503 });
    await expect(gather(httpSource(server.url, fetch, soon))).rejects.toMatchObject({
      code: 'checkpoint/unreachable', message: `${server.url}/${file} could not be fetched in 4 tries, with 1000 of 300000 bytes received: the server answered 503.`,
    });
    expect(server.requests).toHaveLength(4);
  });

  it('waits as long as the server asks for, and at most a minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const answers = [['2'], ['86400'], [new Date(Date.now() + 62_000 + 30_000).toUTCString()], []].map(([wait]) => (
      wait === undefined ? new Response('{}') : new Response('later', { status: wait === '2' ? 429 : 503, headers: { 'retry-after': wait } })
    ));
    const at: number[] = [];
    const busy: typeof fetch = () => {
      at.push(Date.now());
      return Promise.resolve(answers[at.length - 1] as Response);
    };
    const text = httpSource('/m/tiny', async (...request) => (String(request[0]).includes('/resolve/') ? new Response('', { status: 404 }) : busy(...request)), soon).text('config.json');
    await vi.runAllTimersAsync();
    expect(await text).toBe('{}');
    const waits = at.slice(1).map((time, i) => time - (at[i] as number));
    expect(waits.slice(0, 2)).toEqual([2000, 60_000]);
    expect(waits[2]).toBeGreaterThan(28_000);
    expect(waits[2]).toBeLessThanOrEqual(30_000);
  });

  it('of another site\'s file, at which nothing came through, says that this may be the site\'s will', async () => {
    vi.stubGlobal('location', new URL('https://page.test/app/'));
    const refusing: typeof fetch = () => Promise.reject(new TypeError('Failed to fetch'));
    await expect(httpSource('https://other.test/tiny', refusing, soon).text('config.json')).rejects.toMatchObject({
      code: 'checkpoint/unreachable', message: expect.stringMatching(/other.test.*Failed to fetch.*CORS/), remedy: expect.stringMatching(/folder from disk/),
    });
    await expect(httpSource('/tiny', refusing, soon).text('config.json')).rejects.toMatchObject({ message: expect.not.stringContaining('CORS') });
    await using server = await shardServer(folder);
    server.trouble(file, { diesAfter: 1000 }, 1);
    const gone: typeof fetch = (input, init) => (server.requests.length > 0 ? refusing(input) : fetch(input, init));
    await expect(gather(httpSource(server.url, gone, soon))).rejects.toMatchObject({ code: 'checkpoint/unreachable', message: expect.not.stringContaining('CORS') });
  });

  it('of a server that only stalls says how long it was waited for', async () => {
    await using server = await shardServer(folder);
    server.trouble('config.json', { stallsAfter: 0 });
    await expect(httpSource(server.url, fetch, { stall: 50, pauses: [1] }).text('config.json')).rejects.toMatchObject({
      code: 'checkpoint/unreachable', message: expect.stringMatching(/2 tries.*0\.05 s/),
    });
  });
});

describe('a server\'s answer that cannot be', () => {
  it.each([
    ['a range beyond the file', {}, length + 5, length + 10, /needed.*ends after 300000/],
    ['an end beyond the file', {}, 10, length + 10, /300010 bytes are needed.*ends after 300000/],
    ['another range than was asked for', { headers: { 'content-range': 'bytes 0-9/300000' } }, 10, 20, /10 to 20.*0 to 10/],
  ] as const)('as %s is refused', async (_, trouble, begin, end, words) => {
    await using server = await shardServer(folder);
    server.trouble(file, trouble);
    await expect(gather(httpSource(server.url, fetch, soon), file, begin, end)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringMatching(words) });
  });

  it('as more bytes than its range says is refused', async () => {
    const long: typeof fetch = () => Promise.resolve(new Response(weights.slice(0, 20), { status: 206, headers: { 'content-range': 'bytes 0-9/300000' } }));
    await expect(gather(httpSource('/m/tiny', long, soon), file, 0, 10)).rejects.toMatchObject({ code: 'checkpoint/corrupt', message: expect.stringContaining('more bytes follow') });
  });

  it('as a text of a gigabyte is refused by its length, or once too much has come', async () => {
    const block = new Uint8Array(2 ** 20).fill(32);
    let sent = 0;
    const endless = (headers: HeadersInit): typeof fetch => () => Promise.resolve(new Response(new ReadableStream({
      pull(controller) {
        sent += block.length;
        controller.enqueue(block);
      },
    }, { highWaterMark: 0 }), { headers }));
    await expect(httpSource('/m/tiny', endless({ 'content-length': '1000000000' }), soon).text('config.json')).rejects.toMatchObject({
      code: 'checkpoint/corrupt', message: expect.stringMatching(`config.json.*${longestText}.*1000000000`),
    });
    expect(sent).toBe(0);
    await expect(httpSource('/m/tiny', endless({}), soon).text('config.json')).rejects.toMatchObject({
      code: 'checkpoint/corrupt', message: expect.stringMatching(`config.json.*${longestText}`),
    });
    expect(sent).toBeLessThan(longestText + 3 * block.length);
  });
});

describe('cancelling', () => {
  it('ends a download, also one that waits for bytes or for its next try', async () => {
    await using server = await shardServer(folder);
    for (const trouble of [{ stallsAfter: 100_000 }, { status: 503 }]) {
      server.trouble(file, trouble, 1);
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 50);
      await expect(gather(httpSource(server.url, fetch, { stall: 60_000, pauses: [60_000] }), file, 0, undefined, controller.signal)).rejects.toMatchObject({
        code: 'checkpoint/cancelled', message: expect.stringContaining(file),
      });
    }
    await expect(gather(httpSource(server.url), file, 0, undefined, AbortSignal.abort())).rejects.toMatchObject({ code: 'checkpoint/cancelled' });
  });

  it('leaves no timer behind, nor does an end', async () => {
    await using server = await shardServer(folder);
    const set = vi.spyOn(globalThis, 'setTimeout');
    const clear = vi.spyOn(globalThis, 'clearTimeout');
    const source = httpSource(server.url, fetch, { stall: 54_321, pauses: [] });
    await gather(source);
    for await (const _ of source.bytes(file, 0)) break;
    const timers = set.mock.results.filter((_, i) => set.mock.calls[i]?.[1] === 54_321).map(({ value }) => value as unknown);
    expect(timers).toHaveLength(2);
    for (const timer of timers) expect(clear).toHaveBeenCalledWith(timer);
    vi.restoreAllMocks();
  });
});
