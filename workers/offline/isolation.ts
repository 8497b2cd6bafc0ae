/**
 * The headers of cross-origin isolation, without which the WASM backend has one thread. The server sends them; the
 * service worker adds them where a static host does not, which isolates the page from its second load on.
 */
export const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** The response with these headers. A redirect is left to the browser: its headers are hidden, and those of its target count. */
export function isolated(response: Response): Response {
  const lacking = Object.entries(isolation).filter(([name, value]) => response.headers.get(name) !== value);
  if (lacking.length === 0 || response.type === 'opaqueredirect') return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of lacking) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
