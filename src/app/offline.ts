/** Makes the page open without a network, by the service worker of the build (`workers/offline.ts`). */

/** Does nothing while developing, and where the browser has no service workers, as on a plain http address. */
export function openOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  // Where it cannot be had, as in a private window of some browsers, the page works as long as there is a network.
  navigator.serviceWorker.register('offline.js', { updateViaCache: 'none' }).catch(() => undefined);
}
