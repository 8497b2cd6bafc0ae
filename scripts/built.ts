/**
 * Builds the page when its sources are newer than what was built, and serves what was built. No watching.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build, preview } from 'vite';

/** The repository's root. */
export const root = join(import.meta.dirname, '..');
const sources = ['index.html', 'package-lock.json', 'public', 'src', 'vite.config.ts', 'workers'];

/** Brings `dist/` up to date. */
export async function ensureBuilt(say: (line: string) => void): Promise<void> {
  const built = changed(join(root, 'dist/index.html'));
  if (Math.max(...sources.map((source) => newest(join(root, source)))) <= built) return;
  say('Building the page.');
  // Test runners name another environment, of which Vite would make a page with the parts for development.
  const former = process.env['NODE_ENV'] ?? 'production';
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ root, logLevel: 'warn' });
  } finally {
    process.env['NODE_ENV'] = former;
  }
}

export interface Served {
  /** Ends in a slash. */
  url: string;
  close(): Promise<void>;
}

/** Serves a built page on a free port of this machine, with the headers of `vite.config.ts`. */
export async function serve(folder = join(root, 'dist'), open = false): Promise<Served> {
  const server = await preview({
    root, logLevel: 'warn', build: { outDir: folder }, preview: { host: '127.0.0.1', port: 0, open },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { url: `http://127.0.0.1:${address.port}/`, close: () => server.close() };
}

function newest(path: string): number {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const inside = isFolder ? readdirSync(path).map((name) => newest(join(path, name))) : [];
  // A folder's own time counts too: it tells of files that were removed.
  return Math.max(changed(path), ...inside);
}

function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
