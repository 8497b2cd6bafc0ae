/** The built page without a network, over a new build, and on a host that sends no headers. */
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ensureBrowser } from '../../scripts/browser';
import { root, serve } from '../../scripts/built';
import { launchChromium } from '../support/chromium';
import { ModelsScreen } from '../support/models-screen';
import { staticHost } from '../support/static-host';

let browser: Browser;
let screen: ModelsScreen;
let folder: string;

beforeAll(async () => { browser = await launchChromium(ensureBrowser(() => undefined)); });
afterAll(() => browser.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'comd-host-'));
  await cp(join(root, 'dist'), folder, { recursive: true });
});
afterEach(async () => {
  await screen.close();
  await rm(folder, { recursive: true });
});

/** Makes another build of the one that lies there: the first script has another name, and the document another title. */
async function buildAnew(): Promise<string> {
  const assets = join(folder, 'assets');
  const scripts = await readdir(assets);
  const former = /assets\/(index-[\w-]+\.js)/.exec(await readFile(join(folder, 'index.html'), 'utf8'))?.[1] ?? '';
  const next = 'index-another.js';
  await rename(join(assets, former), join(assets, next));
  const texts = scripts.filter((name) => name.endsWith('.js') && name !== former).map((name) => `assets/${name}`);
  for (const name of [...texts, 'offline.js', 'index.html']) {
    const text = await readFile(join(folder, name), 'utf8');
    await writeFile(join(folder, name), text.replaceAll(former, next).replaceAll('<title>CoMD', '<title>Another CoMD').replace('{"version":"', '{"version":"another'));
  }
  return next;
}

const scriptOf = (name: string): Promise<boolean> => screen.page.evaluate((wanted) => performance.getEntriesByType('resource').some(({ name: url }) => url.endsWith(wanted)), name);

test('without a network both screens open, and a bundled model that was used answers', async () => {
  const served = await serve(folder);
  screen = await ModelsScreen.open(browser, served.url);
  const { page } = screen;
  await screen.readyForOffline();
  const openBundled = async (): Promise<void> => {
    await screen.write('./models/emoji-student');
    await screen.press('bring', 'Open without keeping');
    await screen.load();
  };
  await openBundled();
  const answer = await screen.ask('What is in the picture?', 4);
  await expect.poll(() => page.evaluate(async () => {
    const cache = await caches.open((await caches.keys()).find((name) => name.endsWith('served')) ?? '');
    return (await cache.keys()).filter(({ url }) => url.endsWith('.safetensors')).length;
  })).toBe(2);
  await served.close();
  await screen.reloadOffline();
  await openBundled();
  expect(await screen.ask('What is in the picture?', 4)).toBe(answer);
  await page.goto(served.url);
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
});

test('a new build is taken up at the next load, while a tab of the former one still finds its parts', async () => {
  await using host = await staticHost(folder);
  screen = await ModelsScreen.open(browser, host.url);
  const { page } = screen;
  await screen.readyForOffline();
  const idle = await page.context().newPage();
  await idle.goto(host.url);
  await idle.getByRole('button', { name: 'Start', exact: true }).waitFor();
  const script = await buildAnew();

  await page.reload();
  await screen.opened();
  expect(await page.title()).toContain('Another CoMD');
  expect(await scriptOf(script)).toBe(true);
  // The browser looks for a new service worker when the page has been open for a moment.
  await expect.poll(() => page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const taken = (await caches.keys()).some((name) => name.includes(' build another'));
    return taken && registration?.active?.state === 'activated' && registration.waiting === null && registration.installing === null;
  }), { timeout: 30_000 }).toBe(true);
  await rm(join(folder, 'assets'), { recursive: true });
  await idle.getByRole('link', { name: 'Models' }).click();
  await idle.locator('.room').waitFor();

  await host[Symbol.asyncDispose]();
  await screen.reloadOffline();
  expect(await page.title()).toContain('Another CoMD');
});

test('on a host that sends no headers the page is isolated from its second load on', async () => {
  await using host = await staticHost(folder);
  screen = await ModelsScreen.open(browser, host.url);
  const isolated = (): Promise<boolean> => screen.page.evaluate(() => crossOriginIsolated);
  expect(await isolated()).toBe(false);
  await screen.readyForOffline();
  await screen.page.reload();
  expect(await isolated()).toBe(true);
  await screen.write('./models/emoji-student');
  await screen.press('bring', 'Open without keeping');
  await screen.load();
  expect(await screen.ask('What is in the picture?', 2)).not.toBe('');
});
