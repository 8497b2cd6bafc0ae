/**
 * The runner against small pages of its own, each of which behaves as a run may behave.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureBrowser } from '../../scripts/browser';
import { serve, type Served } from '../../scripts/built';
import { drive, type Driven } from '../../scripts/drive';
import type { RunEvent } from '../../src/comd/events';
import { ComdError } from '../../src/errors';

let folder: string;
let served: Served | undefined;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'comd-page-')); });
afterEach(async () => {
  await served?.close();
  await rm(folder, { recursive: true });
});

/** Drives a page that runs `script`, in which `tell(event)` dispatches a run's event. */
async function driven(script: string, signal = new AbortController().signal): Promise<{ heard: RunEvent[]; left: Driven[]; bytes: string }> {
  await writeFile(join(folder, 'index.html'), `<!doctype html><title>page</title><body><script>
    const tell = (detail) => dispatchEvent(new CustomEvent('comd', { detail }));
    const state = (state) => tell({ type: 'state', state });
    const offer = () => document.body.insertAdjacentHTML('beforeend', '<a data-action="download" aria-disabled="false" download="run.zip" href="data:application/zip,left">Download</a>');
    setTimeout(async () => { ${script} }, 0);
  </script>`);
  served = await serve(folder);
  const heard: RunEvent[] = [];
  const left: Driven[] = [];
  let bytes = '';
  await drive({
    browser: ensureBrowser(() => undefined), url: () => Promise.resolve(served?.url ?? ''), foreign: false, webgpu: false, visible: false, signal, listen: (event) => heard.push(event),
  }, async (result) => {
    left.push(result);
    bytes = await readFile(result.zip, 'utf8');
  });
  return { heard, left, bytes };
}

describe('the runner', () => {
  test('hears every event in order and takes the download of a finished run', async () => {
    const { heard, bytes } = await driven(`
      state('running');
      for (let step = 1; step <= 3; step++) tell({ type: 'loss', iteration: 1, phase: 'tune', step, loss: 1 / step });
      offer(); state('finished');
    `);
    expect(heard.map((event) => (event.type === 'loss' ? event.step : event.type))).toEqual(['state', 1, 2, 3, 'state']);
    expect(bytes).toBe('left');
  });

  test('measures the longest task of the main thread', async () => {
    const { left } = await driven(`
      state('running'); const end = performance.now() + 150; while (performance.now() < end);
      // The browser tells of a long task when it has the time.
      while (window.comdLongestTask === 0) await new Promise((resolve) => setTimeout(resolve, 50));
      offer(); state('finished');
    `);
    expect(left[0]?.longestTask).toBeGreaterThanOrEqual(120);
  });

  test('serves pages that are cross-origin isolated, and answers 404 for a file that is not there', async () => {
    const { heard } = await driven(`
      state('running');
      tell({ type: 'notice', text: crossOriginIsolated + ' ' + (await fetch('models/none/config.json')).status });
      offer(); state('finished');
    `);
    expect(heard).toContainEqual({ type: 'notice', text: 'true 404' });
  });

  test('throws the error of a failed run whole, whichever event comes first', async () => {
    const error = `tell({ type: 'error', error: Object.assign(new Error('Shard 2 is short.'), { code: 'checkpoint/corrupt', remedy: 'Fetch it again.' }) });`;
    for (const script of [`state('running'); ${error} state('failed');`, `state('running'); state('failed'); ${error}`, error]) {
      const thrown = await driven(script).then(() => null, (reason: unknown) => reason);
      await served?.close();
      expect(thrown).toBeInstanceOf(ComdError);
      expect(thrown).toMatchObject({ code: 'checkpoint/corrupt', message: 'Shard 2 is short.', remedy: 'Fetch it again.' });
    }
  });

  test('throws when the run is stopped before it has finished', async () => {
    await expect(driven(`state('running'); state('stopped');`)).rejects.toThrow('stopped');
  });

  test('throws when the page fails to start', async () => {
    await expect(driven(`nowhere();`)).rejects.toThrow('nowhere is not defined');
  });

  test('passes on an error of the page while the run goes on', async () => {
    const { heard } = await driven(`
      state('running'); setTimeout(() => { throw new Error('chart'); }); 
      await new Promise((resolve) => setTimeout(resolve, 500)); offer(); state('finished');
    `);
    expect(heard.filter((event) => event.type === 'notice').map((event) => event.text)).toEqual(['The page reports: chart']);
  });

  test('throws when the user interrupts it', async () => {
    const stop = new AbortController();
    const running = driven(`state('running');`, stop.signal);
    setTimeout(() => stop.abort(), 1_500);
    await expect(running).rejects.toThrow('Interrupted');
  });
});
