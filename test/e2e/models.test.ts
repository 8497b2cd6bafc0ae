/** The models screen of the built page: bringing, keeping, asking and composing models, and what is left when that fails. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { ensureBrowser } from '../../scripts/browser';
import { root, serve } from '../../scripts/built';
import { encodePng } from '../../src/data/encode-png';
import { barriers } from '../support/barriers';
import { launchChromium } from '../support/chromium';
import { changed, type Files, fixture, fixtureJson, jsonBytes } from '../support/folder';
import { toPixels } from '../support/images';
import { ModelsScreen } from '../support/models-screen';
import type { Expected } from '../support/reference';
import { shardServer } from '../support/shard-server';

const shard = 'model-00001-of-00002.safetensors';
const folderOf = (name: string): string => join(root, 'test/fixtures', name);
const picture = () => {
  const [image] = fixtureJson<Expected>('llava-siglip-qwen2/expected.json').images;
  return { name: 'hat.png', mimeType: 'image/png', buffer: Buffer.from(encodePng(toPixels(image!))) };
};

let browser: Browser;
let screen: ModelsScreen;

beforeAll(async () => { browser = await launchChromium(ensureBrowser(() => undefined)); });
afterAll(() => browser.close());
afterEach(() => screen.close());

describe('a model at an address', () => {
  test('is kept over a connection that breaks, verified, asked without a network, and deleted', async () => {
    await using server = await shardServer(fixture('llava-tiny'), 'plain', true);
    // The first request only asks how long the shard is.
    server.trouble(shard, { diesAfter: 20_000 }, 2);
    const served = await serve();
    screen = await ModelsScreen.open(browser, served.url);
    await screen.keep(server.url);
    expect(server.requests.filter(({ path, range }) => path.endsWith(shard) && /^bytes=[1-9]/.test(range ?? ''))).not.toEqual([]);
    const entry = await screen.entry('tiny').innerText();
    for (const fact of ['llava', 'kB', server.url]) expect(entry).toContain(fact);
    await screen.press('kept', /^Verify/);
    await screen.entry('tiny').getByText('All files are as they were kept').waitFor();
    expect(await barriers(screen.page)).toEqual([]);

    await screen.press('kept', /^Use/);
    await screen.load();
    const answer = await screen.ask('what is this?');
    await served.close();
    await server[Symbol.asyncDispose]();
    await screen.reloadOffline();
    await screen.press('kept', /^Use/);
    await screen.load();
    expect(await screen.ask('what is this?')).toBe(answer);

    await screen.press('kept', /^Delete/);
    await screen.entry('tiny').getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await screen.section('kept').getByText('No model is kept yet').waitFor();
    expect(await screen.stored()).toEqual([]);
  });

  test('leaves nothing when it is cancelled half-way', async () => {
    await using server = await shardServer(fixture('llava-tiny'), 'plain', true);
    server.trouble(shard, { stallsAfter: 10_000 });
    screen = await ModelsScreen.open(browser, inject('url'));
    await screen.write(server.url);
    await screen.press('bring', /^Keep$/);
    await expect.poll(() => screen.stored(), { timeout: 30_000 }).not.toEqual([]);
    await screen.press('bring', /^Cancel/);
    await screen.section('bring').locator('.chore').waitFor({ state: 'detached' });
    expect(await screen.names()).toEqual([]);
    expect(await screen.stored()).toEqual([]);
  });

  test('is refused by the name of a shard that is not what checksums.json says; what was kept before stays', async () => {
    const whole = fixture('llava-tiny');
    await using server = await shardServer(new Map(whole).set('checksums.json', checksumsOf(whole)), 'plain', true);
    screen = await ModelsScreen.open(browser, inject('url'));
    await screen.keep(server.url);
    const before = await screen.stored();
    // A new edition is announced, and the shard is still the old one.
    server.files.set('checksums.json', checksumsOf(changed(whole, shard, (bytes) => bytes.fill(1, -4))));
    await screen.keep(server.url);
    const alert = await screen.alert();
    for (const part of [shard, 'SHA-256', 'checksums.json']) expect(alert).toContain(part);
    expect((await screen.stored()).sort()).toEqual(before.sort());
    await screen.press('kept', /^Verify/);
    await screen.entry('tiny').getByText('All files are as they were kept').waitFor();
  });
});

test('a folder that is picked is opened without being kept, and asked about an image', async () => {
  screen = await ModelsScreen.open(browser, inject('url'));
  await screen.pick('bring', folderOf('llava-siglip-qwen2'));
  await screen.press('bring', 'Open without keeping');
  await screen.load();
  const without = await screen.ask('what is this?');
  await screen.show(picture());
  expect(await screen.ask('what is this?')).not.toBe(without);
  expect(await screen.page.locator('.exchange').first().locator('canvas, img').count()).toBe(1);
  expect(await screen.stored()).toEqual([]);
});

test('a student is composed of a tower and a decoder, asked, and downloaded as a checkpoint', async () => {
  screen = await ModelsScreen.open(browser, inject('url'));
  await screen.pick('tower', folderOf('siglip-vision'));
  await screen.pick('decoder', folderOf('qwen2'));
  await screen.page.getByLabel('Name', { exact: true }).fill('owl');
  await screen.press('compose', 'Compose');
  expect(await screen.entry('owl').innerText()).toContain('composed of');
  await screen.press('kept', /^Use/);
  await screen.load();
  await screen.show(picture());
  expect(await screen.ask('what is this?')).not.toBe('');

  const [download] = await Promise.all([screen.page.waitForEvent('download'), screen.press('kept', /^Download/)]);
  expect(download.suggestedFilename()).toBe('owl.zip');
  const files: Files = new Map(Object.entries(unzipSync(await readFile(await download.path()))).map(([name, bytes]) => [name, new Uint8Array(bytes)]));
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors', 'checksums.json']) expect([...files.keys()]).toContain(name);
  expect(jsonOf(files, 'config.json')).toMatchObject({ model_type: 'llava', vision_config: { model_type: 'siglip_vision_model' }, text_config: { model_type: 'qwen2' } });
  expect(jsonOf(files, 'checksums.json')).toEqual(JSON.parse(new TextDecoder().decode(checksumsOf(files))));
});

/** Of the weights, as `checksums.json` has them. */
function checksumsOf(files: Files): Uint8Array<ArrayBuffer> {
  const weights = [...files].filter(([name]) => name.endsWith('.safetensors'));
  return jsonBytes(Object.fromEntries(weights.map(([name, bytes]) => [name, { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }])));
}

function jsonOf(files: Files, name: string): unknown {
  return JSON.parse(new TextDecoder().decode(files.get(name)));
}
