/** Builds the page of the measurement, serves it and opens it in a Chromium. It measures nothing by itself. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';
import { build } from 'vite';
import { launchFlags, needsNoSandbox } from '../../browser';
import { root, serve } from '../../built';
import { cpuClockOf } from './cpu';
import type { ScalingBench } from './page';

/** The open page. */
export interface ScalingPage {
  /** Null where WebGPU was not asked for, or there is none. */
  adapter: string | null;
  version: string;
  call<K extends keyof ScalingBench>(name: K, ...args: Parameters<ScalingBench[K]>): Promise<Awaited<ReturnType<ScalingBench[K]>>>;
}

/** Opens the page and hands it to `use`. @param webgpu whether WebGPU is asked for: on hardware where there is some, and else on the CPU */
export async function withScalingPage<T>(browser: string, webgpu: boolean, use: (page: ScalingPage) => Promise<T>): Promise<T> {
  const outDir = join(root, 'build/bench-scaling');
  await build({
    root: import.meta.dirname, configFile: join(root, 'vite.config.ts'), publicDir: false, logLevel: 'warn', build: { outDir, emptyOutDir: true },
  });
  const server = await serve(outDir);
  try {
    for (const swiftshader of [false, true]) {
      const ended = await withBrowser(browser, { webgpu, swiftshader }, server.url, async (page) =>
        webgpu && page.adapter === null && !swiftshader ? undefined : { value: await use(page) });
      if (ended !== undefined) return ended.value;
    }
    throw new Error('No browser was opened.');
  } finally {
    await server.close();
  }
}

async function withBrowser<T>(browser: string, wanted: Parameters<typeof launchFlags>[0], url: string, use: (page: ScalingPage) => Promise<T>): Promise<T> {
  const profile = await mkdtemp(join(tmpdir(), 'comd-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browser, headless: true, chromiumSandbox: !needsNoSandbox(), args: launchFlags(wanted),
  });
  try {
    return await use(await openPage(context, url, wanted.webgpu));
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function openPage(context: BrowserContext, url: string, webgpu: boolean): Promise<ScalingPage> {
  const page = context.pages()[0] ?? await context.newPage();
  page.setDefaultTimeout(0);
  const crashed = new Promise<never>((_, reject) => { page.on('crash', () => reject(new Error('The page crashed or was ended.'))); });
  crashed.catch(() => undefined);
  await page.exposeFunction('cpuSeconds', await cpuClockOf(context));
  await page.goto(url);
  await page.waitForFunction(() => 'scalingBench' in window);
  const call = <K extends keyof ScalingBench>(name: K, ...args: Parameters<ScalingBench[K]>): Promise<Awaited<ReturnType<ScalingBench[K]>>> => {
    const answer = page.evaluate(([method, given]) => (window.scalingBench[method] as (...input: unknown[]) => unknown)(...given), [name, args] as const);
    return Promise.race([crashed, answer]) as Promise<Awaited<ReturnType<ScalingBench[K]>>>;
  };
  return { adapter: webgpu ? await call('adapter') : null, version: context.browser()?.version() ?? 'unknown', call };
}
