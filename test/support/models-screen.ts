/** The models screen of the built page as a person uses it. */
import { expect } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';

/** What `setInputFiles` takes: the path of a folder, or files made on the spot. */
type Picked = Parameters<Locator['setInputFiles']>[0];

export class ModelsScreen {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the screen in a fresh profile. `url` ends in a slash. */
  static async open(browser: Browser, url: string): Promise<ModelsScreen> {
    const context = await browser.newContext({ acceptDownloads: true });
    context.setDefaultTimeout(30_000);
    const screen = new ModelsScreen(await context.newPage());
    await screen.page.goto(`${url}?screen=models`);
    await screen.opened();
    return screen;
  }

  /** Resolves when it is known what is kept. */
  async opened(): Promise<void> {
    await this.section('kept').locator('.room').waitFor();
  }

  section(name: 'kept' | 'bring' | 'ask' | 'compose'): Locator {
    return this.page.locator(`section[aria-labelledby=${name}-title]`);
  }

  /** A kept model. */
  entry(name: string): Locator {
    return this.section('kept').locator('.entry').filter({ has: this.page.getByRole('heading', { name, exact: true }) });
  }

  /** Names of what is kept, and of what broke off. */
  names(): Promise<string[]> {
    return this.section('kept').locator('.entry h3').allInnerTexts();
  }

  async write(address: string): Promise<void> {
    await this.page.locator('#bring').fill(address);
  }

  /** Picks a folder for one of the places of the screen. */
  async pick(id: 'bring' | 'tower' | 'decoder' | 'adapter', folder: string): Promise<void> {
    await this.page.locator('.place').filter({ has: this.page.locator(`#${id}`) }).locator('input[webkitdirectory]').setInputFiles(folder);
  }

  async press(section: 'kept' | 'bring' | 'ask' | 'compose', name: string | RegExp): Promise<void> {
    await this.section(section).getByRole('button', { name }).and(this.page.locator('[aria-disabled=false]')).click();
  }

  /** Keeps the model at an address, to its end. */
  async keep(address: string): Promise<void> {
    await this.write(address);
    await this.press('bring', /^Keep$/);
    // The field is cleared for the next one, or the banner says why not.
    await this.page.waitForFunction(() => document.querySelector<HTMLInputElement>('#bring')?.value === '' || document.querySelector('[role=alert] p') !== null);
  }

  /** Loads what was chosen. */
  async load(): Promise<void> {
    await this.section('ask').locator('select', { hasText: 'webgpu' }).selectOption('wasm');
    await this.press('ask', /^Load/);
    await this.section('ask').locator('.facts').waitFor();
  }

  async show(picture: Picked): Promise<void> {
    await this.section('ask').locator('input[accept="image/*"]').setInputFiles(picture);
    await this.section('ask').getByRole('list', { name: 'Images of the question' }).locator('li').first().waitFor();
  }

  /** The answer, whole. */
  async ask(question: string, newTokens = 8): Promise<string> {
    const before = await this.page.locator('.exchange').count();
    await this.page.getByLabel('Question', { exact: true }).fill(question);
    await this.page.getByLabel('New tokens').fill(`${newTokens}`);
    await this.press('ask', /^Ask$/);
    const newest = this.page.locator('.exchange').first();
    await this.page.locator('.exchange[data-state=answered]').nth(before).waitFor();
    return newest.locator('.said').innerText();
  }

  /** The text of the error banner, once there is one. */
  async alert(): Promise<string> {
    const banner = this.page.getByRole('alert').locator('p');
    await banner.waitFor();
    return banner.innerText();
  }

  /** Paths of all files in the origin's private file system. */
  stored(): Promise<string[]> {
    return this.page.evaluate(async () => {
      const found: string[] = [];
      const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
        for await (const [name, handle] of folder.entries()) {
          if (handle.kind === 'file') found.push(`${path}${name}`);
          else await walk(handle as FileSystemDirectoryHandle, `${path}${name}/`);
        }
      };
      await walk(await navigator.storage.getDirectory(), '');
      return found;
    });
  }

  /** Resolves when all is kept that the page needs without a network. */
  async readyForOffline(): Promise<void> {
    await this.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  }

  /** Reloads where there is no network; the page must open all the same. */
  async reloadOffline(): Promise<void> {
    await this.readyForOffline();
    await this.page.context().setOffline(true);
    await this.page.reload();
    await this.opened();
    expect(await this.page.evaluate(() => crossOriginIsolated)).toBe(true);
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
