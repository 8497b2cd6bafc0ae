/** The experiments screen over a laboratory that makes nothing: what it shows and what its controls do. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openExperiments } from '../../../src/app/experiments/open';
import { lateScreens } from '../../../src/app/late-screens';
import { mount } from '../../../src/app/mount';
import type { Session } from '../../../src/app/session';
import { ComdError } from '../../../src/errors';
import { FakeConductor } from '../../support/fake-conductor';
import { FakeLaboratory } from '../../support/fake-laboratory';
import { can, choose, expectNoBarrier, find, freshRoot, leaveAddress, link, press, visit } from '../../support/screen';

let root: HTMLElement;
let conductor: FakeConductor;
let fake: FakeLaboratory;
beforeEach(() => {
  root = freshRoot();
  conductor = new FakeConductor();
  fake = new FakeLaboratory();
});
afterEach(() => {
  vi.restoreAllMocks();
  leaveAddress();
});

async function open(): Promise<Session> {
  visit('?screen=experiments');
  const session = mount(root, conductor, { ...lateScreens, experiments: async (run) => openExperiments(run, () => fake) });
  await session.open();
  await expect.poll(() => root.querySelector('.choose')).not.toBeNull();
  return session;
}

const course = (): string => root.querySelector('.course [role=status]')?.textContent ?? '';
const points = (): SVGGElement[] => [...root.querySelectorAll<SVGGElement>('.point')];
const rows = (caption: string): string[] => [...root.querySelectorAll<HTMLElement>(`[aria-label="${caption}"] tbody tr`)].map(({ innerText }) => innerText.replace(/\s+/g, ' ').trim());

describe('the experiments screen', () => {
  test('is one of the masthead\'s, asks a question with what the paper claims, and has nothing to draw yet', async () => {
    await open();
    expect(document.title).toBe('Experiments · CoMD');
    expect(root.querySelector('.masthead nav [aria-current]')?.textContent).toBe('Experiments');
    choose(find('#experiment'), 'tau');
    await expect.poll(() => root.querySelector('.question')?.textContent).toContain('The paper: tau = 0.33 is best.');
    expect(root.querySelector('.plate-note')?.textContent).toContain('Drawn while the runs come in');
    expect([can('Start'), can('Stop'), can('Save as JSON'), can('Delete all results')]).toEqual([true, false, false, false]);
    await expectNoBarrier();
  });

  test('makes what is chosen, says how far it is, and fills plot and tables as runs come in', async () => {
    await open();
    choose(find('#experiment'), 'stage1');
    choose(find('#experiment-seeds'), '2');
    choose(find('#experiment-preset'), 'tiny');
    await press('Start');
    await expect.poll(course).toBe('With and without stage 1: run 1 of 4, with, seed 1.');
    expect(fake.calls).toEqual(['start stage1 tiny 2']);
    expect([can('Start'), can('Stop'), can('Delete all results')]).toEqual([false, true, false]);
    fake.progress(30, 60);
    await expect.poll(() => root.querySelector('.phase-line')?.textContent).toContain('Iteration 2 of 4: tuning30 of 60');
    for (const accuracy of [0.7, 0.6, 0.72, 0.66]) fake.made(accuracy);
    await expect.poll(course).toContain('all runs are through');
    expect(rows('Differences within the same seed')).toEqual(['with − without +8.0 ± 25.4 points 2 not told apart']);
    expect(rows('In numbers')[0]).toMatch(/^with 71\.0 ± 12\.7 % 2 86\.0 %/);
    await expect.poll(() => points().map((point) => point.getAttribute('aria-label'))).toEqual(['with: 71.0 ± 12.7 %, of 2 runs', 'without: 63.0 ± 38.1 %, of 2 runs']);
    await expectNoBarrier();
  });

  test('lists the runs of a point that is pressed by mouse or key, and opens their reports', async () => {
    const shown = vi.spyOn(window, 'open').mockReturnValue(window);
    fake.remember({ experiment: 'strategies', preset: 'experiment', seeds: 3 }, 'finished');
    await open();
    await expect.poll(() => points().length).toBe(4);
    points()[1]?.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    await expect.poll(() => root.querySelector('.point-runs h3')?.textContent).toBe('Strategies at equal cost: random');
    points()[2]?.focus();
    expect(document.activeElement).toBe(points()[2]);
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    await expect.poll(() => root.querySelector('.point-runs h3')?.textContent).toBe('Strategies at equal cost: one-way');
    expect(points().map((point) => point.getAttribute('aria-pressed'))).toEqual(['false', 'false', 'true', 'false']);
    expect(root.querySelectorAll('.point-runs li')).toHaveLength(3);
    await expectNoBarrier();
    await press('Open report of seed 1');
    await expect.poll(() => shown.mock.calls.length).toBe(1);
    const page = await (await fetch(String(shown.mock.calls[0]?.[0]))).text();
    expect(fake.calls.at(-1)).toBe(`report ${/<title>(.*)$/.exec(page)?.[1]?.replace('</title>', '')}`);
  });

  test('says of a run that failed why it did', async () => {
    await open();
    choose(find('#experiment'), 'stage1');
    choose(find('#experiment-seeds'), '1');
    await press('Start');
    await expect.poll(course).toContain('run 1 of 2');
    fake.failed('The loss is no longer a number.');
    await expect.poll(course).toContain('1 run has failed');
    points()[0]?.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true }));
    await expect.poll(() => root.querySelector('.point-runs li')?.textContent).toContain('Failed: The loss is no longer a number. Run it again.');
    fake.made();
    await expect.poll(() => can('Start')).toBe(true);
  });

  test('stops when it is told to, and goes on after a reload', async () => {
    fake.remember({ experiment: 'tau', preset: 'experiment', seeds: 2 }, 'interrupted', 4);
    await open();
    await expect.poll(course).toContain('run 1 of 8');
    await press('Stop');
    await expect.poll(course).toContain('stopped');
    expect(fake.calls).toEqual(['resume', 'stop']);
    expect(root.querySelector('.before')?.textContent).toContain('8 of 12 runs still to make');
  });

  test('makes nothing beside a run, and says in words why', async () => {
    conductor.past = [{ type: 'state', state: 'running' }];
    conductor.held = { state: 'running', run: null };
    await open();
    await expect.poll(() => root.querySelector('.hindrance')?.textContent).toContain('stop it first');
    expect(can('Start')).toBe(false);
  });

  test('shows what the laboratory refuses', async () => {
    await open();
    fake.refusal = new ComdError('run/busy', 'Experiments are going on in another tab.', 'Close it.');
    await press('Start');
    await expect.poll(() => root.querySelector('[role=alert]')?.textContent).toContain('Experiments are going on in another tab. Close it.');
    expect(can('Start')).toBe(true);
  });

  test('hands out what was measured as JSON and CSV, and deletes it when that is confirmed', async () => {
    fake.remember({ experiment: 'domain', preset: 'experiment', seeds: 2 }, 'finished');
    await open();
    const saved: Promise<[string, string]>[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(fetch(this.href).then(async (file) => [this.download, await file.text()]));
    });
    await press('Save as JSON');
    await press('Save as CSV');
    const [[jsonName, json], [csvName, csv]] = await Promise.all(saved) as [[string, string], [string, string]];
    expect([jsonName, csvName]).toEqual(['comd-domain.json', 'comd-domain.csv']);
    expect((JSON.parse(json) as { outcomes: unknown[] }).outcomes).toHaveLength(2);
    expect(csv.trim().split('\n')).toHaveLength(1 + 4);
    await press('Delete all results');
    root.querySelector<HTMLButtonElement>('dialog .danger')?.click();
    await expect.poll(() => can('Save as JSON')).toBe(false);
    expect(fake.calls).toEqual(['clear']);
  });

  test('fits a narrow window, and goes on while another screen is shown', async () => {
    root.style.width = '400px';
    await open();
    await press('Start');
    await expect.poll(course).toContain('run 1 of 12');
    expect(root.scrollWidth).toBe(400);
    link('Run').click();
    await expect.poll(() => root.querySelector('.control-bar')).not.toBeNull();
    fake.made();
    link('Experiments').click();
    await expect.poll(course).toContain('run 2 of 12');
  });
});
