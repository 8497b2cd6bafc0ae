/**
 * The service worker of the built page: without a network the page opens, with all screens and whatever models are kept.
 * It decides what is answered from where, and answers nothing for other sites.
 */
import { isolated } from './offline/isolation';
import { servedFile } from './offline/served';
import { dropFormerShells, keepShell, type Shell, shellFile, shellPage } from './offline/shell';

declare const self: ServiceWorkerGlobalScope & { comdShell: Shell };

const shell = self.comdShell;
const { scope } = self.registration;

self.addEventListener('install', (event) => {
  // At once: a tab that is open finds the parts of its own build still kept.
  event.waitUntil(Promise.all([keepShell(shell, scope), self.skipWaiting()]));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([dropFormerShells(shell, scope), self.clients.claim()]));
});

self.addEventListener('fetch', (event) => {
  const answer = answerTo(event);
  if (answer !== undefined) event.respondWith(answer.then(isolated));
});

/** Undefined for what is the browser's business. */
function answerTo(event: FetchEvent): Promise<Response> | undefined {
  const { method, url } = event.request;
  if (method !== 'GET' || !url.startsWith(scope)) return undefined;
  const path = url.slice(scope.length);
  if (/^(index\.html)?([?#]|$)/.test(path)) return shellPage(shell, event.request);
  if (path.startsWith('assets/')) return shellFile(event.request);
  return /^(models|datasets)\//.test(path) ? servedFile(event, scope) : undefined;
}
