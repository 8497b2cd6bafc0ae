/**
 * Drives one run of the page in a Chromium of its own: opens it, listens to its events, takes its download. It
 * prints nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import type { RunEvent, RunState } from '../src/comd/events';
import { ComdError } from '../src/errors';
import { launchFlags, needsNoSandbox } from './browser';

declare global {
  interface Window {
    comdHeard(event: RunEvent): Promise<void>;
    comdLongestTask: number;
  }
}

export interface Drive {
  /** Program of the Chromium. */
  browser: string;
  /** The page with the run's settings in its query; what the run needs in the browser's store may be brought there first. */
  url(page: Page): Promise<string>;
  /** Whether models come from servers that were not asked whether other pages may read them. */
  foreign: boolean;
  webgpu: boolean;
  visible: boolean;
  /** Ends the run early. */
  signal: AbortSignal;
  listen(event: RunEvent): void;
}

export interface Driven {
  /** What the run leaves, as one zip. */
  zip: string;
  /** Longest task of the page's main thread in milliseconds. */
  longestTask: number;
}

/** A run that says nothing for this long hangs. */
const silenceMs = 10 * 60_000;
/** A failed run tells its state and its error in two events; the second may take this long. */
const graceMs = 2_000;

/**
 * Opens the page in a fresh profile, waits for the run to finish, saves its download and hands it to `use` before the
 * browser closes. Throws what ended the run early.
 */
export async function drive(wanted: Drive, use: (driven: Driven) => Promise<void>): Promise<void> {
  // On disk, not incognito, whose storage is held in memory and small.
  const profile = await mkdtemp(join(tmpdir(), 'comd-'));
  const context = await launch(wanted, profile);
  try {
    const page = context.pages()[0] ?? await context.newPage();
    await finished(page, wanted);
    const zip = join(profile, 'run.zip');
    await download(page, zip);
    await use({ zip, longestTask: await page.evaluate(() => window.comdLongestTask) });
    if (wanted.visible) await closedByUser(context, wanted.signal);
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function launch(wanted: Drive, profile: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: wanted.browser,
    headless: !wanted.visible,
    chromiumSandbox: !needsNoSandbox(),
    args: [
      ...launchFlags({ webgpu: wanted.webgpu, swiftshader: process.env['COMD_SWIFTSHADER'] === '1' }),
      ...(wanted.foreign ? ['--disable-web-security'] : []),
    ],
    acceptDownloads: true,
    viewport: null,
    // Ctrl-C is ours to answer, so that the message says what happened.
    handleSIGINT: false,
  });
}

/** Resolves when the page says that the run finished. */
async function finished(page: Page, wanted: Drive): Promise<void> {
  wanted.signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    let state: RunState = 'idle';
    let error: ComdError | null = null;
    let silence = setTimeout(() => undefined, 0);
    const fail = (): void => {
      if (state !== 'running') reject(error ?? new Error(`The run ended as "${state}".`));
    };
    const hear = (event: RunEvent): void => {
      clearTimeout(silence);
      silence = setTimeout(() => reject(new Error('The page has said nothing for ten minutes. Run again with --open to watch it.')), silenceMs).unref();
      if (event.type === 'state') state = event.state;
      if (event.type === 'error') error = event.error;
      wanted.listen(event);
      if (event.type === 'error' || state === 'failed' || state === 'stopped') setTimeout(fail, graceMs);
      if (state === 'finished') resolve();
    };
    page.on('crash', () => reject(new Error('The page crashed, most likely for want of memory. Close other programs, or run a smaller preset.')));
    page.on('close', () => reject(new Error('The browser was closed before the run had finished. Run again; the same seed gives the same run.')));
    page.on('pageerror', (cause) => {
      if (state === 'idle') reject(new Error(`The page did not start: ${cause.message}`, { cause }));
      else wanted.listen({ type: 'notice', text: `The page reports: ${cause.message}` });
    });
    wanted.signal.addEventListener('abort', () => reject(new Error('Interrupted. Run again; the same seed gives the same run.')));
    wanted.url(page).then(async (url) => {
      await listenTo(page, hear);
      await page.goto(url);
    }).catch(reject);
  });
}

/** Calls `hear` with every event that the page dispatches from its next load on, reloads included. */
export async function listenTo(page: Page, hear: (event: RunEvent) => void): Promise<void> {
  await page.exposeFunction('comdHeard', (event: RunEvent) => hear(whole(event)));
  await page.addInitScript(() => {
    window.comdLongestTask = 0;
    new PerformanceObserver((list) => {
      window.comdLongestTask = Math.max(window.comdLongestTask, ...list.getEntries().map((entry) => entry.duration));
    }).observe({ type: 'longtask', buffered: true });
    window.addEventListener('comd', (event) => {
      const heard = (event as CustomEvent<RunEvent>).detail;
      // An Error would arrive without its code and remedy, so that it crosses as plain data.
      const plain = heard.type === 'error'
        ? { type: 'error', error: { code: heard.error.code, message: heard.error.message, remedy: heard.error.remedy } }
        : heard;
      void window.comdHeard(plain as RunEvent);
    });
  });
}

function whole(event: RunEvent): RunEvent {
  return event.type === 'error'
    ? { type: 'error', error: new ComdError(event.error.code, event.error.message, event.error.remedy) }
    : event;
}

/** Presses the page's Download and saves what it gives, a zip, at `path`. */
export async function download(page: Page, path: string): Promise<void> {
  const [file] = await Promise.all([
    page.waitForEvent('download', { timeout: 120_000 }),
    page.locator('[data-action=download][aria-disabled=false]').click(),
  ]);
  await file.saveAs(path);
}

function closedByUser(context: BrowserContext, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    context.on('close', () => resolve());
    signal.addEventListener('abort', () => resolve());
  });
}
