/**
 * The models screen of the page in a Chromium of its own, driven from the terminal: it opens it, fills its hidden inputs
 * and calls what `window.comdModels` offers. It prints nothing.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import type { ModelsEvent } from '../src/app/models/events';
import type { ComdModels, Outcome, TerminalPlace } from '../src/app/models/terminal';
import { ComdError } from '../src/errors';
import { launchFlags, needsNoSandbox } from './browser';

declare global {
  interface Window {
    comdModelsHeard(event: ModelsEvent): Promise<void>;
  }
}

export interface ModelsPageWishes {
  /** Program of the Chromium. */
  browser: string;
  /** Where the built page is served; ends in a slash. */
  url: string;
  webgpu: boolean;
  hear(event: ModelsEvent): void;
}

/** What a role's files are put into; the names are the page's (`src/app/models/terminal.ts`). */
type Role = 'model' | 'adapter' | 'tower' | 'decoder' | 'images';
type Calls = Omit<ComdModels, 'addImages' | 'close' | 'list'>;
type Value<K extends keyof Calls> = Awaited<ReturnType<Calls[K]>> extends Outcome<infer T> ? T : never;

export class ModelsPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /**
   * A place that was named on the command line, as the page takes it: an address as it is; a folder or a file of this
   * machine by its files, which the browser reads piece by piece. Throws `settings/invalid` where there is nothing.
   */
  async place(named: string, role: Role): Promise<TerminalPlace> {
    const path = resolve(named);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined && isAddress(named)) return { url: named };
    if (found === undefined) throw new ComdError('settings/invalid', `There is no file or folder "${named}".`, 'Give a folder, a .gguf file, an address (https://…) or a hub name (org/name).');
    if (!found.isDirectory() && !/\.gguf$/i.test(path)) throw new ComdError('settings/invalid', `"${named}" is one file, and no .gguf file.`, 'Give the folder that it lies in, or a .gguf file.');
    const files = found.isDirectory() ? await filesOf(path) : [path];
    if (files.length === 0) throw new ComdError('settings/invalid', `The folder "${named}" holds no files.`, 'Give the folder that holds config.json and the weights.');
    await this.fill(role, files);
    return { picked: true, name: basename(path) };
  }

  /** Puts files of this machine into a role's input. */
  async fill(role: Role, paths: readonly string[]): Promise<void> {
    await this.#page.setInputFiles(`#terminal-${role}`, [...paths]);
  }

  /** Shows the pictures, files that are there, with the questions to come. Throws `data/undecodable-image`. */
  async showImages(paths: readonly string[]): Promise<void> {
    await this.fill('images', paths);
    opened(await this.#page.evaluate(() => (window.comdModels as ComdModels).addImages()));
  }

  /** Calls one of the screen's commands. Throws what it failed with, whole. */
  async call<K extends keyof Calls>(name: K, ...args: Parameters<Calls[K]>): Promise<Value<K>> {
    const outcome = await this.#page.evaluate(
      ([command, given]) => {
        const models = window.comdModels as unknown as Record<string, (...input: unknown[]) => Promise<unknown>>;
        return (models[command] as (...input: unknown[]) => Promise<unknown>)(...given);
      },
      [name, args] as const,
    );
    return opened(outcome as Outcome<Value<K>>);
  }

  /** Saves what the browser downloads while `start` is under way, at `path`. */
  async saveDownload(start: () => Promise<unknown>, path: string): Promise<void> {
    const [file] = await Promise.all([this.#page.waitForEvent('download', { timeout: 0 }), start()]);
    await file.saveAs(path);
  }
}

/** Opens the screen in a fresh profile and hands it to `use`; the browser and the profile are gone afterwards. */
export async function withModelsPage<T>(wishes: ModelsPageWishes, use: (models: ModelsPage) => Promise<T>): Promise<T> {
  const profile = await mkdtemp(join(tmpdir(), 'comd-models-'));
  const context = await launch(wishes, profile);
  try {
    const page = context.pages()[0] ?? await context.newPage();
    page.setDefaultTimeout(0);
    const crashed = new Promise<never>((_, reject) => {
      page.on('crash', () => reject(new Error('The page crashed, most likely for want of memory. Close other programs, or keep the weights packed (--weights int4).')));
    });
    crashed.catch(() => undefined);
    return await Promise.race([crashed, openModels(page, wishes).then(use)]);
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function launch({ browser, webgpu }: ModelsPageWishes, profile: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: browser,
    headless: true,
    chromiumSandbox: !needsNoSandbox(),
    // This browser shows no page but ours and reads what the user named; a plain file server gives no leave to other pages.
    args: [...launchFlags({ webgpu, swiftshader: process.env['COMD_SWIFTSHADER'] === '1' }), '--disable-web-security'],
    acceptDownloads: true,
    // The profile is gone before anything kept for later could be of use.
    serviceWorkers: 'block',
  });
}

/** Opens the screen in a page that is there already. */
export async function openModels(page: Page, { url, hear }: Pick<ModelsPageWishes, 'url' | 'hear'>): Promise<ModelsPage> {
  await page.exposeFunction('comdModelsHeard', hear);
  await page.addInitScript(() => {
    window.addEventListener('comd-models', (event) => void window.comdModelsHeard(event.detail));
  });
  await page.goto(`${url}?screen=models`);
  await page.waitForFunction(() => window.comdModels !== undefined, undefined, { timeout: 60_000 });
  return new ModelsPage(page);
}

function opened<T>(outcome: Outcome<T>): T {
  if ('value' in outcome) return outcome.value;
  const { code, message, remedy } = outcome.error;
  throw new ComdError(code, message, remedy);
}

/** The files at the top of a folder: a checkpoint lies flat. The hub's cache has links in their place. */
export async function filesOf(folder: string): Promise<string[]> {
  const paths = (await readdir(folder)).map((name) => join(folder, name));
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return paths.filter((_, index) => found[index]?.isFile());
}

/** An address, or a name on the hub; not one of a folder that is here, in which something was misspelt. */
export function isAddress(named: string): boolean {
  return /^https?:\/\//.test(named) || (/^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(named) && !existsSync(dirname(resolve(named))));
}
