/**
 * The page's own files, kept as one build: the document, and the scripts, styles and binaries that are named by their
 * content. Nothing here goes stale, since another content has another name.
 */

/** Put before the script by the build (`vite.config.ts`), so that another build is another script. */
export interface Shell {
  /** Names the build. */
  version: string;
  /** The document, as text: taken from the network it might be that of a later build. */
  page: string;
  /** Relative to the scope. */
  files: string[];
}

/** Keeps every file of the build; throws where one cannot be had, and the build is then not taken up. */
export async function keepShell({ version, files }: Shell, scope: string): Promise<void> {
  const name = cacheName(scope, version);
  const cache = await caches.open(name);
  const keepFile = async (file: string): Promise<void> => {
    const url = new URL(file, scope).href;
    await cache.put(url, await caches.match(url, { ignoreVary: true }) ?? await fetched(url));
  };
  try {
    await Promise.all(files.map(keepFile));
  } catch (cause) {
    // A build that is being put onto the server, as may be: half of it would pass for the one before the next.
    await caches.delete(name);
    throw cause;
  }
}

/** Drops all builds but this one and the one before it, whose parts a tab that is still open may want. */
export async function dropFormerShells({ version }: Shell, scope: string): Promise<void> {
  const own = cacheName(scope, version);
  const others = (await caches.keys()).filter((name) => name.startsWith(cacheName(scope, '')) && name !== own);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
}

/** A file of any kept build; from the network where none has it. */
export async function shellFile(request: Request): Promise<Response> {
  return await caches.match(request, { ignoreVary: true }) ?? fetch(request);
}

/** The document: a new build is taken up at the next load, and without a network this one is shown. */
export async function shellPage({ page }: Shell, request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch {
    return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8' } });
  }
}

/** Other pages of the same site have caches of their own. */
function cacheName(scope: string, version: string): string {
  return `comd-web ${scope} build ${version}`;
}

/** Single-page servers answer their document, with status 200, for any file they lack. */
async function fetched(url: string): Promise<Response> {
  const response = await fetch(url);
  if (response.ok && !response.headers.get('content-type')?.startsWith('text/html')) return response;
  throw new Error(`${url} is not served: status ${response.status}`);
}
