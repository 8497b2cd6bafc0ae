/** A built page of measurements, served and opened in a Chromium with a profile of its own. It measures nothing by itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { launchFlags, needsNoSandbox } from '../browser';
import { serve } from '../built';

/** What a page can be asked to do. */
type Calls = Record<string, (...input: never[]) => Promise<unknown>> & { adapter(): Promise<unknown> };
type Answer<B extends Calls, K extends keyof B> = Promise<Awaited<ReturnType<B[K]>>>;

/** The open page. */
export interface MeasuringPage<B extends Calls> {
  /** Null where WebGPU was not asked for, or there is none. */
  adapter: Awaited<ReturnType<B['adapter']>> | null;
  /** Of the browser. */
  version: string;
  /** Fails when the page crashes. */
  call<K extends keyof B>(name: K, ...args: Parameters<B[K]>): Answer<B, K>;
}

export type AdapterKind = 'hardware' | 'software';

export interface Opening {
  /** Program of the Chromium. */
  browser: string;
  /** Where the page was built. */
  folder: string;
  /** What the page has put its calls under in its window. */
  name: 'stepsBench' | 'scalingBench';
  webgpu: boolean;
  /** Which adapters WebGPU may use: the first of them that there is, or none. */
  kinds: readonly AdapterKind[];
  /** Called before the page is loaded. */
  prepare?(page: Page): Promise<void>;
}

/** Opens the page and hands it to `use`. */
export async function withMeasuringPage<B extends Calls, T>(opening: Opening, use: (page: MeasuringPage<B>) => Promise<T>): Promise<T> {
  const server = await serve(opening.folder);
  try {
    for (const kind of opening.kinds) {
      const isLast = kind === opening.kinds.at(-1);
      const ended = await withBrowser<B, { value: T } | undefined>(opening, kind, server.url, async (page) =>
        page.adapter === null && !isLast ? undefined : { value: await use(page) });
      if (ended !== undefined) return ended.value;
    }
    throw new Error('No browser was opened.');
  } finally {
    await server.close();
  }
}

async function withBrowser<B extends Calls, T>(opening: Opening, kind: AdapterKind, url: string, use: (page: MeasuringPage<B>) => Promise<T>): Promise<T> {
  const profile = await mkdtemp(join(tmpdir(), 'comd-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: opening.browser, headless: true, chromiumSandbox: !needsNoSandbox(),
    args: launchFlags({ webgpu: opening.webgpu, swiftshader: kind === 'software' }),
  });
  try {
    return await use(await opened<B>(context.pages()[0] ?? await context.newPage(), opening, url));
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function opened<B extends Calls>(page: Page, { name, webgpu, prepare }: Opening, url: string): Promise<MeasuringPage<B>> {
  page.setDefaultTimeout(0);
  const crashed = new Promise<never>((_, reject) => { page.on('crash', () => reject(new Error('The page crashed or was ended.'))); });
  crashed.catch(() => undefined);
  await prepare?.(page);
  await page.goto(url);
  await page.waitForFunction((calls) => calls in window, name);
  const ask = (method: string, given: readonly unknown[]): Promise<unknown> => Promise.race([crashed, page.evaluate(
    ([calls, asked, input]) => (window[calls] as unknown as Record<string, (...input: unknown[]) => unknown>)[asked]?.(...input), [name, method, given] as const,
  )]);
  return {
    adapter: webgpu ? await ask('adapter', []) as MeasuringPage<B>['adapter'] : null,
    version: page.context().browser()?.version() ?? 'unknown',
    call: <K extends keyof B>(method: K, ...args: Parameters<B[K]>) => ask(String(method), args) as Answer<B, K>,
  };
}
