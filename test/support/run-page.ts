/**
 * The page under test with the events that it has dispatched. Each has a browser profile of its own.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { download, listenTo } from '../../scripts/drive';
import { unpack } from '../../scripts/leave';
import type { RunEvent } from '../../src/comd/events';
import type { Report } from '../../src/comd/report';

type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

export class RunPage {
  readonly page: Page;
  readonly events: RunEvent[] = [];
  #waiting = new Set<(event: RunEvent) => void>();

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens `url` in a fresh profile. */
  static async open(browser: Browser, url: string): Promise<RunPage> {
    const context = await browser.newContext({ acceptDownloads: true });
    context.setDefaultTimeout(120_000);
    const run = new RunPage(await context.newPage());
    await listenTo(run.page, (event) => run.#hear(event));
    await run.page.goto(url);
    return run;
  }

  /** The first event of this type, from now on, that fits. Rejects when the run fails before it. */
  next<T extends RunEvent['type']>(type: T, fits: (event: EventOf<T>) => boolean = () => true): Promise<EventOf<T>> {
    return new Promise((resolve, reject) => {
      const look = (event: RunEvent): void => {
        if (event.type === type && fits(event as EventOf<T>)) resolve(event as EventOf<T>);
        else if (event.type === 'error') reject(event.error);
        else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
    });
  }

  /** Resolves when the run has finished. */
  async finished(): Promise<void> {
    const done = this.next('state', (event) => event.state === 'finished');
    const failed = this.events.find((event) => event.type === 'error');
    if (failed) throw failed.error;
    if (!this.events.some((event) => event.type === 'state' && event.state === 'finished')) await done;
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** The text of the error banner, once there is one. */
  async alert(): Promise<string> {
    const banner = this.page.getByRole('alert').locator('p');
    await banner.waitFor();
    return banner.innerText();
  }

  /** Downloads what the run leaves: names of the files, the report, and both pools as text. */
  async left(): Promise<{ files: string[]; report: Report; pools: string[] }> {
    const folder = await mkdtemp(join(tmpdir(), 'comd-left-'));
    try {
      await download(this.page, join(folder, 'run.zip'));
      const files = await unpack(join(folder, 'run.zip'), join(folder, 'out'));
      const text = (name: string): Promise<string> => readFile(join(folder, 'out', name), 'utf8');
      return {
        files,
        report: JSON.parse(await text('report.json')) as Report,
        pools: await Promise.all(['pools/tuning.json', 'pools/cache.json'].map(text)),
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  close(): Promise<void> {
    return this.page.context().close();
  }

  #hear(event: RunEvent): void {
    this.events.push(event);
    for (const look of [...this.#waiting]) look(event);
  }
}

/** A report without its times, which no two runs share. */
export function timeless(report: Report): unknown {
  return JSON.parse(JSON.stringify(report, (name, value: unknown) => (name === 'seconds' ? undefined : value)));
}
