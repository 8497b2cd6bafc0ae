/** Builds the page of the measurement, serves it and opens it in a Chromium. It measures nothing by itself. */
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { build, type Plugin } from 'vite';
import { implementations, type Implementation } from '../../../src/bench/work';
import { launchFlags, needsNoSandbox } from '../../browser';
import { root, serve } from '../../built';
import type { StepsBench } from './page';

/** Where the worker finds each, below the repository's root. */
const sources: Record<Implementation, string> = {
  ours: 'src/bench/ours.ts', stock: 'src/bench/stock.ts', nanogpt: 'scripts/bench/peers/nanogpt.ts', 'jax-js': 'scripts/bench/peers/jax-js.ts',
  'transformers.js': 'scripts/bench/peers/transformers.ts',
};

/** The open page. */
export interface StepsPage {
  /** Null where there is no WebGPU. */
  adapter: { name: string; software: boolean } | null;
  version: string;
  call<K extends keyof StepsBench>(name: K, ...args: Parameters<StepsBench[K]>): Promise<Awaited<ReturnType<StepsBench[K]>>>;
}

export type AdapterWish = 'hardware' | 'software' | undefined;

/**
 * Opens the page and hands it to `use`.
 * @param adapter which kind WebGPU may use; where nothing is said, hardware where there is some, and else the software one
 * @param wanted implementations that will be called for
 */
export async function withStepsPage<T>(
  browser: string, adapter: AdapterWish, wanted: ReadonlySet<Implementation>, use: (page: StepsPage) => Promise<T>,
): Promise<T> {
  await mkdir(join(root, 'build'), { recursive: true });
  // One of its own, so that two runs do not take each other's page away.
  const outDir = await mkdtemp(join(root, 'build/bench-steps-'));
  try {
    await buildPage(outDir, wanted);
    return await serveTo(browser, adapter, outDir, use);
  } finally {
    await rm(outDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function buildPage(outDir: string, wanted: ReadonlySet<Implementation>): Promise<void> {
  await build({
    root: import.meta.dirname, configFile: join(root, 'vite.config.ts'), publicDir: false, logLevel: 'warn',
    build: { outDir, emptyOutDir: true }, worker: { plugins: () => [leavingOut(wanted)] },
  });
  // The bundled student and the world that it is tuned on.
  for (const folder of ['models', 'datasets']) await symlink(join(root, 'public', folder), join(outDir, folder), 'junction');
}

async function serveTo<T>(browser: string, adapter: AdapterWish, outDir: string, use: (page: StepsPage) => Promise<T>): Promise<T> {
  const server = await serve(outDir);
  try {
    for (const kind of adapter === undefined ? ['hardware', 'software'] as const : [adapter]) {
      const ended = await withBrowser(browser, kind === 'software', server.url, async (page) =>
        page.adapter === null && adapter === undefined && kind === 'hardware' ? undefined : { value: await use(page) });
      if (ended !== undefined) return ended.value;
    }
    throw new Error('No browser was opened.');
  } finally {
    await server.close();
  }
}

/** Leaves out what will not be called for, whose packages need not be there. */
function leavingOut(wanted: ReadonlySet<Implementation>): Plugin {
  const unwanted = implementations.filter((implementation) => !wanted.has(implementation));
  const files = unwanted.map((implementation) => join(root, sources[implementation]));
  return {
    name: 'leaving-out', enforce: 'pre',
    load(id) {
      return files.some((file) => relative(file, id) === '') ? 'export const open = undefined;' : null;
    },
  };
}

async function withBrowser<T>(browser: string, swiftshader: boolean, url: string, use: (page: StepsPage) => Promise<T>): Promise<T> {
  const profile = await mkdtemp(join(tmpdir(), 'comd-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browser, headless: true, chromiumSandbox: !needsNoSandbox(), args: launchFlags({ webgpu: true, swiftshader }),
  });
  try {
    return await use(await openPage(context, url));
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function openPage(context: BrowserContext, url: string): Promise<StepsPage> {
  const page = context.pages()[0] ?? await context.newPage();
  page.setDefaultTimeout(0);
  const crashed = new Promise<never>((_, reject) => { page.on('crash', () => reject(new Error('The page crashed or was ended.'))); });
  crashed.catch(() => undefined);
  await page.goto(url);
  await page.waitForFunction(() => 'stepsBench' in window);
  const call = <K extends keyof StepsBench>(name: K, ...args: Parameters<StepsBench[K]>): Promise<Awaited<ReturnType<StepsBench[K]>>> => {
    const answer = page.evaluate(([method, given]) => (window.stepsBench[method] as (...input: unknown[]) => unknown)(...given), [name, args] as const);
    return Promise.race([crashed, answer]) as Promise<Awaited<ReturnType<StepsBench[K]>>>;
  };
  return { adapter: await call('adapter'), version: context.browser()?.version() ?? 'unknown', call };
}
