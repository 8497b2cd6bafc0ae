/**
 * What the page shows before and besides a run: who can use it, and what it says when something is wrong.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { ensureBrowser } from '../../scripts/browser';
import { root, serve } from '../../scripts/built';
import { barriers } from '../support/barriers';
import { launchChromium } from '../support/chromium';
import { RunPage } from '../support/run-page';

let browser: Browser;
let run: RunPage;

beforeAll(async () => { browser = await launchChromium(ensureBrowser(() => undefined)); });
afterAll(() => browser.close());
afterEach(() => run.close());

describe('the page', () => {
  test.each(['light', 'dark'] as const)('has no serious barrier in %s colours', async (colorScheme) => {
    run = await RunPage.open(browser, inject('url'));
    await run.page.emulateMedia({ colorScheme });
    await run.button('Start').waitFor();
    expect(await barriers(run.page)).toEqual([]);
  });

  test('is started by keyboard alone', async () => {
    run = await RunPage.open(browser, `${inject('url')}?preset=tiny&backend=wasm`);
    const start = run.button('Start');
    await start.and(run.page.locator('[aria-disabled=false]')).waitFor();
    const focused = (): Promise<boolean> => start.evaluate((element) => element === document.activeElement);
    for (let presses = 0; presses < 12 && !await focused(); presses++) await run.page.keyboard.press('Tab');
    expect(await focused()).toBe(true);
    const running = run.next('state', (event) => event.state === 'running');
    await run.page.keyboard.press('Enter');
    await running;
  });

  test.each([
    ['?preset=tiny&tau=2&autostart=1', 'tau', '0 to 1'],
    ['?preset=tiny&backend=cuda&autostart=1', 'backend', 'auto, webgpu, wasm'],
    ['?preset=huge&autostart=1', 'huge', 'tiny'],
    ['?colour=red&autostart=1', 'colour', 'tau'],
  ])('refuses %s, names the setting and says what is allowed', async (query, name, allowed) => {
    run = await RunPage.open(browser, `${inject('url')}${query}`);
    const alert = await run.alert();
    expect(alert).toContain(name);
    expect(alert).toContain(allowed);
    expect(run.events.some((event) => event.type === 'state' && event.state === 'running')).toBe(false);
  });

  test('says that there is no adapter when WebGPU is asked for and cannot be had', async () => {
    run = await RunPage.open(browser, `${inject('url')}?preset=tiny&backend=webgpu&autostart=1`);
    expect(await run.alert()).toMatch(/adapter|WebGPU/);
    expect(run.events.find((event) => event.type === 'error')?.error.code).toBe('device/no-adapter');
  });
});

describe('a checkpoint that is not whole', () => {
  /** Serves the built page with one shard of the teacher changed; gives what the page says and the shard's name. */
  async function openBroken(change: (shard: string) => Promise<void>): Promise<{ alert: string; code: string | undefined; shard: string }> {
    const copy = await mkdtemp(join(tmpdir(), 'comd-broken-'));
    await cp(join(root, 'dist'), copy, { recursive: true });
    const folder = join(copy, 'models/emoji-teacher');
    const index = JSON.parse(await readFile(join(folder, 'model.safetensors.index.json'), 'utf8')) as { weight_map: Record<string, string> };
    const shard = Object.values(index.weight_map).sort().at(-1) ?? '';
    await change(join(folder, shard));
    const served = await serve(copy);
    try {
      run = await RunPage.open(browser, `${served.url}?preset=tiny&backend=wasm&autostart=1`);
      const alert = await run.alert();
      return { alert, code: run.events.find((event) => event.type === 'error')?.error.code, shard };
    } finally {
      await served.close();
      await rm(copy, { recursive: true });
    }
  }

  test('is refused by the name of the shard that is missing', async () => {
    const { alert, code, shard } = await openBroken((path) => rm(path));
    expect(alert).toContain(shard);
    expect(code).toBe('checkpoint/missing-file');
  });

  test('is refused by the name of the shard that has a wrong byte', async () => {
    const { alert, code, shard } = await openBroken(async (path) => {
      const bytes = await readFile(path);
      const middle = bytes.length >> 1;
      bytes[middle] = (bytes[middle] ?? 0) ^ 1;
      await writeFile(path, bytes);
    });
    expect(alert).toContain(shard);
    expect(code).toBe('checkpoint/corrupt');
  });

  test('is refused by the name of the shard that is cut short', async () => {
    const { alert, code, shard } = await openBroken(async (path) => writeFile(path, (await readFile(path)).subarray(0, 1_000)));
    expect(alert).toContain(shard);
    expect(code).toBe('checkpoint/corrupt');
  });
});
