/**
 * What is served beside the page, as bundled models and data: from the network, and remembered for when there is none.
 * It slices what it remembers as a server does, since checkpoints are read by range. Models that the user keeps are not
 * its business.
 */

/** Longer files are not remembered: who wants a large model without a network keeps it in the library. */
const longest = 16 * 2 ** 20;
/** Addresses that are being remembered. */
const underWay = new Set<string>();

/** Throws what the network threw where nothing is remembered. */
export async function servedFile(event: FetchEvent, scope: string): Promise<Response> {
  const { request } = event;
  try {
    const response = await fetch(request);
    event.waitUntil(remember(request.url, response, scope));
    return response;
  } catch (cause) {
    const known = await recall(request, scope);
    if (known === undefined) throw cause;
    return known;
  }
}

/** Fetches the file whole, unless it is remembered in this version. That a file is not there is remembered too: some are optional. */
async function remember(url: string, { status, headers }: Response, scope: string): Promise<void> {
  if (underWay.has(url) || lengthOf(headers) > longest) return;
  underWay.add(url);
  try {
    const cache = await openCache(scope);
    const known = await cache.match(url, { ignoreVary: true });
    if (status === 404) await cache.put(url, new Response(null, { status }));
    else if ((status === 200 || status === 206) && versionOf(known?.headers) !== versionOf(headers)) {
      // `cache.add` refuses all that is not a whole file.
      await cache.add(new Request(url, { cache: 'no-cache' }));
    }
  } catch {
    // The page has what it asked for; only a later load without a network will lack it.
  } finally {
    underWay.delete(url);
  }
}

async function recall({ url, headers }: Request, scope: string): Promise<Response | undefined> {
  const known = await (await openCache(scope)).match(url, { ignoreVary: true });
  const [, first, last = ''] = /^bytes=(\d+)-(\d*)$/.exec(headers.get('range') ?? '') ?? [];
  return known === undefined || known.status !== 200 || first === undefined ? known : partOf(known, Number(first), last === '' ? Infinity : Number(last) + 1);
}

async function partOf(whole: Response, begin: number, limit: number): Promise<Response> {
  const bytes = await whole.blob();
  const headers = new Headers(whole.headers);
  // It is kept as it was before it was compressed for the way.
  for (const name of ['content-encoding', 'content-length']) headers.delete(name);
  const end = Math.min(limit, bytes.size);
  headers.set('content-range', begin < end ? `bytes ${begin}-${end - 1}/${bytes.size}` : `bytes */${bytes.size}`);
  return begin < end ? new Response(bytes.slice(begin, end), { status: 206, headers }) : new Response(null, { status: 416, headers });
}

/** Of the whole file, whether it came whole or in part. */
function lengthOf(headers: Headers): number {
  return Number(/\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1] ?? headers.get('content-length') ?? 0);
}

function versionOf(headers: Headers | undefined): string | undefined {
  return headers && `${headers.get('etag')} ${headers.get('last-modified')}`;
}

/** It outlives the builds: none of them says what else is served. */
function openCache(scope: string): Promise<Cache> {
  return caches.open(`comd-web ${scope} served`);
}
