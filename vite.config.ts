/**
 * How the page is served and built. Every answer carries the two headers of cross-origin isolation, without which the
 * WASM backend has one thread; a file that is not there is a 404, never the page, so that a missing shard is named.
 */
import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';
import { isolation } from './workers/offline/isolation.ts';
import type { Shell } from './workers/offline/shell.ts';

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

/**
 * Builds the service worker beside the document, whose folder is then its scope, and tells it what the build consists of.
 * There is none while developing.
 */
const offline: Plugin = {
  name: 'offline',
  apply: 'build',
  buildStart() {
    this.emitFile({ type: 'chunk', id: 'workers/offline.ts', fileName: 'offline.js' });
  },
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      const { 'offline.js': script, 'index.html': document, ...others } = bundle;
      if (script?.type !== 'chunk' || document?.type !== 'asset') this.error('The build has no document or no service worker.');
      if (script.imports.length > 0) this.error('The service worker is registered as a classic script, and imports others.');
      const [page, files] = [String(document.source), Object.keys(others).sort()];
      const version = createHash('sha256').update(`${page}${files.join()}`).digest('hex').slice(0, 12);
      script.code = `self.comdShell=${JSON.stringify({ version, page, files } satisfies Shell)};${script.code}`;
    },
  },
};

/**
 * Each thread is bundled by itself. What two of them load when it is wanted (the tagger of captions, 3.8 MB) comes out the same from both
 * and is one file, as long as it names no entry. So the helpers of the bundler stay a chunk of their own, and are not merged into that.
 */
const sharedWhenWanted = { chunkOptimization: false };

/** How long Vite's own plugins take is nobody's business who only wants to start the page. */
const quiet = { pluginTimings: false };

export default defineConfig({
  // Relative, so that the build can lie in any folder of any host.
  base: './',
  // Not `spa`, which answers an unknown path with index.html and status 200.
  appType: 'mpa',
  plugins: [offline],
  server: { headers: isolation },
  preview: { headers: isolation },
  worker: { format: 'es', plugins: () => [selfContainedThreads], rolldownOptions: { checks: quiet, experimental: sharedWhenWanted } },
  build: {
    target: 'chrome120',
    // WASM and shaders stay files: they are fetched and compiled while they stream.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 4096,
    rolldownOptions: { checks: quiet },
  },
});
