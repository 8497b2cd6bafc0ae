/**
 * How the page is served and built. Every answer carries the two headers of cross-origin isolation, without which the
 * WASM backend has one thread; a file that is not there is a 404, never the page, so that a missing shard is named.
 */
import { defineConfig } from 'vite';

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export default defineConfig({
  // Relative, so that the build can lie in any folder of any host.
  base: './',
  // Not `spa`, which answers an unknown path with index.html and status 200.
  appType: 'mpa',
  server: { headers: isolation },
  preview: { headers: isolation },
  worker: { format: 'es' },
  build: {
    target: 'chrome120',
    // WASM and shaders stay files: they are fetched and compiled while they stream.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4096,
  },
});
