import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { httpSource } from '../../../src/checkpoint/http-source';
import { nextPage, parseAddress, parseTree, treeAddress } from '../../../src/checkpoint/hub';
import type { Files } from '../../support/folder';
import { shardServer } from '../../support/shard-server';

const file = 'model.safetensors';
const weights = new Uint8Array(1000).fill(3);
const folder: Files = new Map([['config.json', new TextEncoder().encode('{}')], [file, weights]]);
const hash = createHash('sha256').update(weights).digest('hex');

describe('an address', () => {
  const hub = 'https://huggingface.co/org/name/resolve/main';
  it.each([
    ['https://host.test/models/tiny/', 'tiny', ['https://host.test/models/tiny', 'https://host.test/models/tiny/resolve/main']],
    ['/models/tiny', 'tiny', ['/models/tiny', '/models/tiny/resolve/main']],
    ['org/name', 'name', [hub]],
    ['https://huggingface.co/org/name', 'name', [hub]],
    ['https://huggingface.co/org/name/tree/main', 'name', [hub]],
    ['https://huggingface.co/org/name/tree/v1.0/sub', 'name', ['https://huggingface.co/org/name/resolve/v1.0/sub']],
    ['https://huggingface.co/org/name/resolve/main/', 'name', [hub]],
    ['https://huggingface.co/org/name/blob/main/config.json', 'name', [hub]],
    ['https://mirror.test/org/name/resolve/main/model.safetensors?download=true', 'name', ['https://mirror.test/org/name/resolve/main']],
    ['http://localhost:8000/tiny/config.json', 'tiny', ['http://localhost:8000/tiny', 'http://localhost:8000/tiny/resolve/main']],
    ['https://host.test/My%20Model', 'My Model', ['https://host.test/My%20Model', 'https://host.test/My%20Model/resolve/main']],
  ])('%s names %s in its folders', (text, name, folders) => {
    expect(parseAddress(text)).toMatchObject({ name, folders });
    expect(parseAddress(text).gguf).toBeUndefined();
  });

  it.each([
    ['https://huggingface.co/org/name/blob/main/small-Q4_1.gguf', 'https://huggingface.co/org/name/resolve/main', 'small-Q4_1.gguf', ''],
    ['https://host.test/a/b%20c.gguf?token=1&x=2#top', 'https://host.test/a', 'b c.gguf', '?token=1&x=2'],
  ])('%s is that of one GGUF file', (text, folder, gguf, query) => {
    expect(parseAddress(text)).toEqual({ name: gguf.replace('.gguf', ''), folders: [folder], gguf, query });
  });

  it('has a tree where it is in the hub\'s layout', () => {
    expect(treeAddress('https://huggingface.co/org/name/resolve/main')).toBe('https://huggingface.co/api/models/org/name/tree/main');
    expect(treeAddress('http://127.0.0.1:80/org/name/resolve/refs%2Fpr%2F1/sub')).toBe('http://127.0.0.1:80/api/models/org/name/tree/refs%2Fpr%2F1/sub');
    expect(treeAddress('https://host.test/models/tiny')).toBeUndefined();
  });
});

it('a tree tells sizes, and hashes of large files alone', () => {
  const tree = parseTree([
    { type: 'directory', path: 'sub/onnx', size: 0, oid: 'a' },
    { type: 'file', path: 'sub/config.json', size: 10, oid: 'b'.repeat(40) },
    { type: 'file', path: 'sub/m.safetensors', size: 130, lfs: { oid: hash, size: 1000, pointerSize: 130 } },
  ]);
  expect([...tree]).toEqual([['config.json', { bytes: 10 }], ['m.safetensors', { bytes: 1000, sha256: hash }]]);
  expect(() => parseTree({ error: 'no' })).toThrow();
});

describe('a model on a hub', () => {
  it('is found by its page\'s address, and its files are listed with sizes and hashes, asked for once', async () => {
    await using server = await shardServer(folder, 'hub');
    const source = httpSource(server.url);
    expect(source.name).toBe('tiny');
    expect(await source.text('config.json')).toBe('{}');
    expect(await source.list()).toEqual(['config.json', file]);
    expect(await source.size(file)).toBe(1000);
    expect(await source.sha256(file)).toBe(hash);
    expect(await source.sha256('config.json')).toBeUndefined();
    expect(server.requests.filter(({ path }) => path.startsWith('/api/'))).toHaveLength(1);
    const pieces: number[] = [];
    for await (const piece of source.bytes(file, 0)) pieces.push(piece.length);
    expect(pieces.reduce((a, b) => a + b)).toBe(1000);
    expect(server.requests.at(-1)?.path).toBe(`/org/tiny/resolve/main/${file}`);
  });

  it('is listed before any file was asked for', async () => {
    await using server = await shardServer(folder, 'hub');
    expect(await httpSource(server.url).list()).toEqual(['config.json', file]);
  });

  it('is read without its list where that cannot be had, and believed where it sends a hash with the file', async () => {
    await using server = await shardServer(folder);
    const source = httpSource(`${server.url}/org/name/resolve/main`, (input, init) => {
      const address = String(input);
      return address.includes('/api/') ? Promise.reject(new TypeError('offline')) : fetch(address.replace('/org/name/resolve/main', ''), init);
    });
    server.trouble(file, { headers: { 'x-linked-etag': `"${hash}"` } });
    expect(await source.list()).toBeUndefined();
    expect(await source.size(file)).toBe(1000);
    expect(await source.sha256(file)).toBe(hash);
  });
});

describe('a list of a hub in pages', () => {
  const address = 'https://huggingface.co/api/models/org/name/tree/main';
  const entry = (path: string): object => ({ type: 'file', path, size: 10 });

  /** Answers the list page by page, as many as there are; `link` names the next one. */
  function paged(pages: readonly object[][], link: (page: number) => string): { asked: string[]; fetcher: typeof fetch } {
    const asked: string[] = [];
    const fetcher: typeof fetch = (input) => {
      asked.push(String(input));
      const page = Number(new URL(String(input)).searchParams.get('cursor') ?? 0);
      const headers: HeadersInit = page + 1 < pages.length ? { link: `<${link(page + 1)}>; rel="next"` } : {};
      return Promise.resolve(new Response(JSON.stringify(pages[page]), { headers }));
    };
    return { asked, fetcher };
  }

  it('is followed to its end', async () => {
    const { asked, fetcher } = paged([[entry('config.json')], [entry('a.safetensors')], [entry('b.safetensors')]], (page) => `${address}?limit=1&cursor=${page}`);
    expect(await httpSource('org/name', fetcher).list()).toEqual(['config.json', 'a.safetensors', 'b.safetensors']);
    expect(asked).toEqual([address, `${address}?limit=1&cursor=1`, `${address}?limit=1&cursor=2`]);
  });

  it('is none where it leads elsewhere, or does not end', async () => {
    const elsewhere = paged([[entry('config.json')], [entry('a.safetensors')]], () => 'https://elsewhere.test/?cursor=1');
    expect(await httpSource('org/name', elsewhere.fetcher).list()).toBeUndefined();
    expect(elsewhere.asked).toHaveLength(1);
    const endless = paged(Array.from({ length: 1000 }, (_, i) => [entry(`${i}.bin`)]), (page) => `${address}?cursor=${page}`);
    expect(await httpSource('org/name', endless.fetcher).list()).toBeUndefined();
    expect(endless.asked.length).toBeLessThan(50);
  });

  it('has its next page in any of several links', () => {
    expect(nextPage(null)).toBeUndefined();
    expect(nextPage('<https://a.test/?p=1>; rel="prev", <https://a.test/?p=3>; rel="next"')).toBe('https://a.test/?p=3');
    expect(nextPage('<https://a.test/?p=1>; rel="prev"')).toBeUndefined();
  });
});

describe('a model that a hub refuses', () => {
  const refusing = (status: number, body: string, headers: HeadersInit = {}): typeof fetch => () => Promise.resolve(new Response(body, { status, headers }));

  it.each([
    ['in JSON', refusing(401, '{"error":"Access to model org/name is restricted."}'), 401, 'Access to model org/name is restricted.'],
    ['in a header', refusing(403, 'text', { 'x-error-message': 'Ask for access.' }), 403, 'Ask for access.'],
  ])('is refused in its words, %s', async (_, fetcher, status, words) => {
    await expect(httpSource('org/name', fetcher).text('config.json')).rejects.toMatchObject({
      code: 'checkpoint/missing-file', message: expect.stringMatching(`org/name/resolve/main/config.json.*answered ${status}, "${words}"`),
      remedy: expect.stringMatching(/private.*terms.*folder/),
    });
  });

  it.each(['no JSON', '{"error":7}', '[]', 'null', 'x'.repeat(100_000)])('without a word is refused by its status alone (%.12s)', async (body) => {
    await expect(httpSource('org/name', refusing(401, body)).text('config.json')).rejects.toMatchObject({
      message: expect.stringContaining('the server answered 401; a file that anyone may read was expected'),
    });
  });
});
