/**
 * The page end to end on the tiny preset: every phase of the cycle, with and without interruptions.
 */
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { ensureBrowser } from '../../scripts/browser';
import type { Phase } from '../../src/comd/events';
import { launchChromium } from '../support/chromium';
import { RunPage, timeless } from '../support/run-page';

// Small batches, so that there is a middle of a phase to interrupt.
const query = '?preset=tiny&backend=wasm&iterations=2&tuneBatch=2&autostart=1';
let browser: Browser;
let run: RunPage;

beforeAll(async () => { browser = await launchChromium(ensureBrowser(() => undefined)); });
afterAll(() => browser.close());
afterEach(() => run.close());

/** Resolves somewhere in the middle of a phase. */
async function middleOf(phase: Phase, iteration: number): Promise<void> {
  await run.next('progress', (at) => at.phase === phase && at.iteration === iteration && at.done > 0 && at.done < at.of);
}

describe('a run on the page', () => {
  let whole: Awaited<ReturnType<RunPage['left']>> | undefined;

  test('goes through every phase and leaves a report, the student and both pools', async () => {
    run = await RunPage.open(browser, `${inject('url')}${query}`);
    await run.finished();
    whole = await run.left();
    const phases = new Set(run.events.flatMap((event) => (event.type === 'progress' ? [event.phase] : [])));
    for (const phase of ['load', 'align', 'tune', 'evaluate', 'assess', 'augment']) expect(phases).toContain(phase);
    for (const name of ['report.json', 'report.html', 'student/config.json', 'student/tokenizer.json', 'pools/tuning.json', 'pools/cache.json']) {
      expect(whole.files).toContain(name);
    }
    const { report } = whole;
    expect(report).toMatchObject({ preset: 'tiny', seed: 1, backend: 'wasm' });
    expect(report.iterations.map((it) => it.iteration)).toEqual([1, 2]);
    for (const it of report.iterations) {
      expect(it.difficult + it.easy + it.unparsable).toBe(it.assessed);
      expect(it.accuracy).toBeGreaterThanOrEqual(0);
      expect(it.accuracy).toBeLessThanOrEqual(1);
    }
    // The last iteration ends with its evaluation: nothing is assessed or augmented after it.
    expect(report.iterations.at(-1)).toMatchObject({ assessed: 0, generated: 0 });
    expect(report.iterations[1]?.tuningPool).toBe(16 + (report.iterations[0]?.kept ?? 0));
    const rows = (whole.pools.map((text) => (JSON.parse(text) as unknown[]).length));
    expect(rows[0]).toBe(report.iterations[1]?.tuningPool);
  });

  test('gives the same report and pools when it is reloaded in the middle of tuning and of assessment', async () => {
    run = await RunPage.open(browser, `${inject('url')}${query}`);
    await middleOf('tune', 1);
    await run.page.reload();
    await middleOf('assess', 1);
    await run.page.reload();
    await run.finished();
    const left = await run.left();
    expect(timeless(left.report)).toEqual(timeless(whole!.report));
    expect(left.pools).toEqual(whole!.pools);
    expect(left.files).toEqual(whole!.files);
  });

  test('stands still while it is paused, goes on when resumed, and ends when stopped', async () => {
    run = await RunPage.open(browser, `${inject('url')}${query}`);
    await middleOf('tune', 1);
    const paused = run.next('state', (event) => event.state === 'paused');
    await run.button('Pause').click();
    await paused;
    // The step that was under way is brought to its end.
    await run.page.waitForTimeout(1_500);
    const heard = run.events.length;
    await run.page.waitForTimeout(1_500);
    expect(run.events.slice(heard).filter((event) => event.type === 'progress' || event.type === 'loss')).toEqual([]);

    const onwards = run.next('progress', (at) => at.phase === 'evaluate' && at.iteration === 1);
    await run.button('Resume').click();
    await onwards;
    const stopped = run.next('state', (event) => event.state === 'stopped');
    await run.button('Stop').click();
    await stopped;
  });
});
