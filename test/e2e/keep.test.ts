/** Keeping a model that the built page's own server serves: it compresses JSON, unless a part of it is asked for. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { ensureBrowser } from '../../scripts/browser';
import { root } from '../../scripts/built';
import type { ComdModels } from '../../src/app/models/terminal';
import { launchChromium } from '../support/chromium';

const model = 'models/emoji-teacher';
const config = `${model}/config.json`;

let browser: Browser;

beforeAll(async () => { browser = await launchChromium(ensureBrowser(() => undefined)); });
afterAll(() => browser.close());

test('a model is kept whole although the browser has a compressed copy of its configuration', async () => {
  const page = await browser.newPage();
  await page.goto(`${inject('url')}?screen=models`);
  await page.waitForFunction(() => window.comdModels !== undefined);
  const seen = page.waitForResponse((response) => response.url().endsWith(config));
  await page.evaluate(async (address) => (await fetch(address)).text(), config);
  expect((await seen).headers()['content-encoding']).toBe('gzip');
  const kept = await page.evaluate((url) => (window.comdModels as ComdModels).keep({ url }), new URL(model, inject('url')).href);
  const { length } = await readFile(join(root, 'public', config));
  expect(kept).toMatchObject({ value: { name: 'emoji-teacher', files: expect.arrayContaining([expect.objectContaining({ file: 'config.json', bytes: length })]) } });
  await page.close();
});
