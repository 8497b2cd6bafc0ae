/**
 * Builds the page of the measurement apart from the application's, serves it with the checkpoint beside it, and opens it
 * in a Chromium. It measures nothing by itself.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { launchFlags, needsNoSandbox } from '../browser';
import { root, serve } from '../built';
import { ThreadMemory } from './memory';
import type { Bench, NamedPlace } from './page';

export interface WeightFile {
  file: string;
  bytes: number;
}

/** The open page. */
export interface BenchPage {
  memory: ThreadMemory;
  /** Where the checkpoint is served. */
  served: NamedPlace;
  call<K extends keyof Bench>(name: K, ...args: Parameters<Bench[K]>): Promise<Awaited<ReturnType<Bench[K]>>>;
}

/** Opens the page with the checkpoint in `folder` put into its input, and hands it to `use`. */
export async function withBenchPage<T>(browser: string, folder: string, use: (page: BenchPage) => Promise<T>): Promise<T> {
  const outDir = join(root, 'build/bench');
  await build({
    root: import.meta.dirname, configFile: join(root, 'vite.config.ts'), publicDir: false, logLevel: 'warn', build: { outDir, emptyOutDir: true },
  });
  await symlink(folder, join(outDir, 'model'));
  const server = await serve(outDir);
  const profile = await mkdtemp(join(tmpdir(), 'comd-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: browser, headless: true, chromiumSandbox: !needsNoSandbox(), args: launchFlags({ webgpu: true, swiftshader: true }),
  });
  try {
    const page = context.pages()[0] ?? await context.newPage();
    page.setDefaultTimeout(0);
    const crashed = new Promise<never>((_, reject) => { page.on('crash', () => reject(new Error('The page crashed or was ended.'))); });
    crashed.catch(() => undefined);
    const memory = await ThreadMemory.of(page);
    await page.goto(server.url);
    await page.waitForFunction(() => 'bench' in window);
    await page.setInputFiles('input', (await readdir(folder)).map((name) => join(folder, name)));
    return await Promise.race([crashed, use({ memory, served: { kind: 'url', url: `${server.url}model` }, call: (name, ...args) => call(page, name, args) })]);
  } finally {
    await context.close();
    await server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function call<K extends keyof Bench>(page: Page, name: K, args: Parameters<Bench[K]>): Promise<Awaited<ReturnType<Bench[K]>>> {
  return page.evaluate(([method, given]) => (window.bench[method] as (...input: unknown[]) => unknown)(...given), [name, args] as const) as Promise<Awaited<ReturnType<Bench[K]>>>;
}

export async function weightFiles(folder: string): Promise<WeightFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'));
  return Promise.all(names.map(async (file) => ({ file, bytes: (await stat(join(folder, file))).size })));
}

/** The text of a `checksums.json` for the files. */
export async function checksumsOf(folder: string, files: readonly WeightFile[]): Promise<string> {
  const sums: Record<string, { bytes: number; sha256: string }> = {};
  for (const { file, bytes } of files) {
    const hash = createHash('sha256');
    for await (const piece of createReadStream(join(folder, file))) hash.update(piece as Buffer);
    sums[file] = { bytes, sha256: hash.digest('hex') };
  }
  return JSON.stringify(sums);
}
