/** A host of static files that sends no headers of its own choosing, as page hosts do; without a folder's file it answers 404. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };

export interface StaticHost extends AsyncDisposable {
  /** Ends in a slash. */
  url: string;
}

export async function staticHost(folder: string): Promise<StaticHost> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '', 'http://localhost').pathname);
    const file = path.endsWith('/') ? `${path}index.html` : path;
    readFile(join(folder, file)).then(
      (bytes) => { response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(bytes); },
      () => { response.writeHead(404).end(); },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
