/**
 * A server of checkpoint files on this machine, over real HTTP: ranges, ETags, `If-Range`, and every trouble that a
 * server can make. `await using server = await shardServer(files)` ends it with the test.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Files } from './folder';

/** What goes wrong with a request. */
export interface Trouble {
  /** Answers with this status and a short text. */
  status?: number;
  /** Answers the page of an application instead, with status 200. */
  page?: boolean;
  /** Answers the whole file to any range. */
  ignoresRanges?: boolean;
  /** Breaks the connection after so many bytes of the body. */
  diesAfter?: number;
  /** Sends nothing more after so many bytes of the body, and keeps the connection. */
  stallsAfter?: number;
  /** Headers in place of its own; undefined takes one away. */
  headers?: Record<string, string | undefined>;
  /** Happens when the trouble is over, as a change of the file. */
  then?: () => void;
}

export interface SeenRequest {
  method: string;
  path: string;
  range: string | undefined;
  ifRange: string | undefined;
}

export interface ShardServer extends AsyncDisposable {
  /** The folder, without a trailing slash: of the model in the layout of the hub, where that was asked for. */
  url: string;
  /** May be changed while it serves; the ETag follows the bytes. */
  files: Files;
  requests: SeenRequest[];
  /** Makes trouble for a file so many times; requests of one trouble end before the next one's begin. */
  trouble(file: string, trouble: Trouble, times?: number): void;
}

/**
 * `layout` is that of a plain folder, or the hub's with its tree API, for the model `org/tiny`; `open` lets pages of
 * other sites read it.
 */
export async function shardServer(files: Files, layout: 'plain' | 'hub' = 'plain', open = false): Promise<ShardServer> {
  const troubles = new Map<string, { trouble: Trouble; left: number }[]>();
  const requests: SeenRequest[] = [];
  const root = layout === 'hub' ? '/org/tiny' : '/models/tiny';
  const folder = layout === 'hub' ? `${root}/resolve/main/` : `${root}/`;
  const served: Files = new Map(files);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://localhost').pathname;
    if (open) allowOthers(response);
    if (request.method === 'OPTIONS') return void response.writeHead(open ? 204 : 405).end();
    requests.push({ method: request.method ?? '', path, range: request.headers.range, ifRange: request.headers['if-range'] as string | undefined });
    if (layout === 'hub' && path === `/api/models${root}/tree/main`) return sendTree(response, served);
    const file = decodeURIComponent(path.slice(folder.length));
    const bytes = path.startsWith(folder) ? served.get(file) : undefined;
    const queue = troubles.get(file) ?? [];
    const due = queue.find(({ left }) => left > 0);
    if (due !== undefined) due.left--;
    send(request, response, bytes, due?.trouble ?? {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${root}`,
    files: served,
    requests,
    trouble(file, trouble, times = Infinity) {
      troubles.set(file, [...troubles.get(file) ?? [], { trouble, left: times }]);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function etagOf(bytes: Uint8Array): string {
  return `"${createHash('sha1').update(bytes).digest('hex').slice(0, 8)}"`;
}

function allowOthers(response: ServerResponse): void {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-allow-headers', 'range, if-range');
  response.setHeader('access-control-expose-headers', 'content-range, etag');
}

function send(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array | undefined, trouble: Trouble): void {
  if (trouble.status !== undefined) return answer(response, trouble.status, 'text/plain', 'trouble', trouble);
  if (trouble.page) return answer(response, 200, 'text/html; charset=utf-8', '<!doctype html><title>page</title>', trouble);
  if (bytes === undefined) return answer(response, 404, 'text/html', '<!doctype html><title>not found</title>', trouble);
  const etag = etagOf(bytes);
  const condition = request.headers['if-range'];
  const asked = trouble.ignoresRanges || (condition !== undefined && condition !== etag) ? undefined : request.headers.range;
  const [, first = '0', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(asked ?? '') ?? [];
  const begin = Number(first);
  const end = last === '' ? bytes.length : Math.min(Number(last) + 1, bytes.length);
  const outside = asked !== undefined && begin >= bytes.length;
  const headers: Record<string, string | undefined> = {
    'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', etag,
    'content-length': outside ? '0' : `${end - begin}`,
    'content-range': outside ? `bytes */${bytes.length}` : asked === undefined ? undefined : `bytes ${begin}-${end - 1}/${bytes.length}`,
    ...trouble.headers,
  };
  response.writeHead(outside ? 416 : asked === undefined ? 200 : 206, Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)));
  sendBody(response, request.method === 'HEAD' || outside ? new Uint8Array(0) : bytes.subarray(begin, end), trouble);
}

function sendBody(response: ServerResponse, body: Uint8Array, { diesAfter, stallsAfter, then }: Trouble): void {
  const some = diesAfter ?? stallsAfter;
  if (some === undefined || some >= body.length) {
    response.end(body);
    then?.();
    return;
  }
  response.flushHeaders();
  response.write(body.subarray(0, some), () => {
    then?.();
    // A moment, so that what was written arrives before the connection breaks.
    if (diesAfter !== undefined) setTimeout(() => response.destroy(), 20);
  });
}

function answer(response: ServerResponse, status: number, type: string, text: string, { then }: Trouble): void {
  response.writeHead(status, { 'content-type': type });
  response.end(text);
  then?.();
}

function sendTree(response: ServerResponse, files: Files): void {
  const entries = [...files].map(([path, bytes]) => ({
    type: 'file', path, size: bytes.length,
    ...(path.endsWith('.safetensors') && { lfs: { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.length } }),
  }));
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify([{ type: 'directory', path: 'onnx', size: 0 }, ...entries]));
}
