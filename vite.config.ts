/**
 * How the page is served and built. Every answer carries the two headers of cross-origin isolation, without which the
 * WASM backend has one thread; a file that is not there is a 404, never the page, so that a missing shard is named.
 */
import { defineConfig, type Plugin } from 'vite';

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * The WASM backend hands its threads the text of one function, which names a variable from around it. The name is
 * guarded by `typeof`; a minifier that sees the variable drops the guard, and every thread dies. So the name goes.
 */
const selfContainedThreads: Plugin = {
  name: 'self-contained-threads',
  transform: {
    filter: { id: /tfjs-backend-wasm-threaded-simd\.js$/ },
    handler(code) {
      const outer = ['if(typeof _scriptDir !== "undefined" && _scriptDir){scriptDirectory=_scriptDir}', '||_scriptDir,'];
      if (!outer.every((text) => code.includes(text))) this.error('The WASM backend has changed: look at vite.config.ts.');
      return { code: code.replace(outer[0] ?? '', '').replace(outer[1] ?? '', ','), map: null };
    },
  },
};

/** How long Vite's own plugins take is nobody's business who only wants to start the page. */
const quiet = { pluginTimings: false };

export default defineConfig({
  // Relative, so that the build can lie in any folder of any host.
  base: './',
  // Not `spa`, which answers an unknown path with index.html and status 200.
  appType: 'mpa',
  server: { headers: isolation },
  preview: { headers: isolation },
  worker: { format: 'es', plugins: () => [selfContainedThreads], rolldownOptions: { checks: quiet } },
  build: {
    target: 'chrome120',
    // WASM and shaders stay files: they are fetched and compiled while they stream.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4096,
    rolldownOptions: { checks: quiet },
  },
});
