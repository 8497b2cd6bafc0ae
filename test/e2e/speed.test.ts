/** The speed screen of the built page, on the CPU: the real works in real threads, as few steps of them as can be. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { ensureBrowser } from '../../scripts/browser';
import type { SpeedRow } from '../../workers/protocol';
import { barriers } from '../support/barriers';
import { launchChromium } from '../support/chromium';

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium(ensureBrowser(() => undefined));
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  page = await context.newPage();
});
afterAll(() => browser.close());

/** Of the round that has come to its end. */
async function measured(): Promise<{ adapter: string | null; rows: SpeedRow[]; failures: unknown[] }> {
  await page.getByRole('button', { name: 'Copy as JSON' }).click();
  await page.getByText('Copied.').waitFor();
  return JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as Awaited<ReturnType<typeof measured>>;
}

test('the button measures this project and stock TensorFlow.js on WASM, and says how fast the device is', async () => {
  await page.goto(`${inject('url')}?screen=speed&steps=1`);
  await page.getByText('this browser offers no adapter').waitFor();
  await page.getByRole('button', { name: 'How fast is my device?', disabled: false }).click();
  await page.getByText(/Measuring 1 of 4/).waitFor();
  await page.getByText(/On WASM your device trains/).waitFor({ timeout: 200_000 });
  const { adapter, rows, failures } = await measured();
  expect([adapter, failures]).toEqual([null, []]);
  expect(rows.map(({ work, backend, implementation }) => `${work} ${backend} ${implementation}`)).toEqual([
    'train llama wasm ours', 'train llama wasm stock', 'decode llama wasm ours', 'decode llama wasm stock',
  ]);
  for (const { msPerStep, tokensPerSecond, gflops, matmulPeakGflops, peakDeviceBytes } of rows) {
    for (const figure of [msPerStep, tokensPerSecond, gflops, matmulPeakGflops, peakDeviceBytes]) expect(figure).toBeGreaterThan(0);
  }
  // Both begin with the same weights and see the same tokens.
  const [ours, stock] = rows.map(({ warmUp }) => warmUp[0]);
  expect(ours).toBeCloseTo(stock ?? 0, 3);
  const table = await page.locator('.speed-table').innerText();
  for (const name of ['This project', 'Stock TensorFlow.js']) expect(table).toContain(name);
  expect(await barriers(page)).toEqual([]);
});
