/** The speed screen over a device that measures nothing: what it shows and what its controls do. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openExperiments } from '../../../src/app/experiments/open';
import { lateScreens } from '../../../src/app/late-screens';
import { mount } from '../../../src/app/mount';
import type { Session } from '../../../src/app/session';
import { openSpeed } from '../../../src/app/speed/open';
import { FakeConductor } from '../../support/fake-conductor';
import { FakeLaboratory } from '../../support/fake-laboratory';
import { FakeSpeed, software } from '../../support/fake-speed';
import { button, can, expectNoBarrier, freshRoot, leaveAddress, link, press, visit } from '../../support/screen';

let root: HTMLElement;
let conductor: FakeConductor;
let fake: FakeSpeed;
beforeEach(() => {
  root = freshRoot();
  conductor = new FakeConductor();
  fake = new FakeSpeed();
});
afterEach(leaveAddress);

async function open(search = '?screen=speed'): Promise<Session> {
  visit(search);
  const session = mount(root, conductor, {
    ...lateScreens, speed: async (run) => openSpeed(run, fake.start), experiments: async (run) => openExperiments(run, () => new FakeLaboratory()),
  });
  await session.open();
  await expect.poll(() => root.querySelector('.measure')).not.toBeNull();
  return session;
}

const ask = 'How fast is my device?';
const course = (): string => root.querySelector('.course [role=status]')?.textContent ?? '';
const rows = (): string[] => [...root.querySelectorAll<HTMLElement>('.speed-table tbody tr')].map(({ innerText }) => innerText.replace(/\s+/g, ' ').trim());
async function measureAll(): Promise<void> {
  await press(ask);
  for (const milliseconds of [20, 124, 200, 900, 2, 7, 5, 30]) {
    const before = fake.calls.length;
    await expect.poll(() => fake.open).toBe(1);
    await fake.measured(milliseconds);
    await expect.poll(() => fake.calls.length > before || fake.open === 0).toBe(true);
  }
}

describe('the speed screen', () => {
  test('is one of the masthead\'s, and names what there is to measure on', async () => {
    await open();
    expect(document.title).toBe('Speed · CoMD');
    expect(root.querySelector('.masthead nav [aria-current]')?.textContent).toBe('Speed');
    await expect.poll(() => root.querySelector('.devices')?.textContent).toContain('acme rdna');
    expect(root.querySelector('input[type=checkbox]')).toBeNull();
    await expectNoBarrier();
  });

  test('has a row for every case from the start, names the one under way, and fills them one by one', async () => {
    await open();
    await press(ask);
    await expect.poll(course).toContain('Measuring 1 of 8: one training step on WebGPU, this project');
    expect(rows()).toHaveLength(10);
    expect(rows()[1]).toContain('Being measured');
    expect(rows()[2]).toContain('Waiting');
    expect([can(ask), can('Stop')]).toEqual([false, true]);
    const width = () => root.querySelector('.speed-table th')?.getBoundingClientRect().width;
    const before = width();
    await fake.measured(20);
    await expect.poll(course).toContain('Measuring 2 of 8');
    expect(rows()[1]).toContain('20.0 18.0–26.0 25,600 127 52.8 % 112 3 1 48.2');
    expect(width()).toBe(before);
    await expectNoBarrier();
  });

  test('says in the end what it means, and hands out the rows', async () => {
    await open();
    await measureAll();
    await expect.poll(course).toContain('On WebGPU your device trains 26,000 tokens a second, 6.2 times stock TensorFlow.js on the same device.');
    expect(rows().filter((row) => row.startsWith('WASM')).every((row) => row.includes('– – –'))).toBe(true);
    expect([can(ask), can('Stop'), can('Copy as JSON'), can('Save as JSON')]).toEqual([true, false, true, true]);
    const saved = new Promise<string>((resolve) => {
      HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
        delete (HTMLAnchorElement.prototype as Partial<HTMLAnchorElement>).click;
        resolve(fetch(this.href).then((file) => file.text()));
      };
    });
    button('Save as JSON').click();
    const report = JSON.parse(await saved) as { adapter: string; rows: { work: string; runtime: string }[]; failures: unknown[] };
    expect([report.adapter, report.rows.length, report.failures]).toEqual(['acme rdna', 8, []]);
    expect(report.rows[0]).toMatchObject({ work: 'train llama', runtime: 'page' });
    await expectNoBarrier();
  });

  test('gives a case that fails a row with the reason, and can be stopped', async () => {
    await open();
    await press(ask);
    await expect.poll(() => fake.calls).toContain('train webgpu ours');
    await fake.failed('The device refused 3 operations.');
    await expect.poll(() => rows()[1]).toContain('Failed: The device refused 3 operations.');
    await press('Stop');
    await expect.poll(course).toContain('Stopped.');
    expect([rows()[3]?.includes('Not measured'), can(ask), fake.open]).toEqual([true, true, 0]);
  });

  test('measures a software adapter only when it is asked to', async () => {
    fake.adapter = software;
    await open();
    await press(ask);
    await expect.poll(() => rows().length).toBe(6);
    await press('Stop');
    root.querySelector<HTMLInputElement>('input[type=checkbox]')?.click();
    await press(ask);
    await expect.poll(() => rows().length).toBe(10);
  });

  test('says that there is no WebGPU where there is none', async () => {
    fake.adapter = null;
    await open();
    await expect.poll(() => root.querySelector('.devices')?.textContent).toContain('no adapter');
  });

  test('counts as many steps as the address says, which stays in the addresses of the screens', async () => {
    await open('?screen=speed&steps=2');
    await press(ask);
    await expect.poll(() => fake.calls).toContain('train webgpu ours 2');
    expect(root.querySelector<HTMLAnchorElement>('.masthead nav a')?.search).toBe('?steps=2');
  });

  test('measures nothing beside a distillation, says why, and stops when one begins', async () => {
    const session = await open();
    await press(ask);
    await expect.poll(() => fake.calls).toContain('train webgpu ours');
    void session.start();
    await expect.poll(course).toContain('because a distillation or a series of experiments has begun');
    await expect.poll(() => root.querySelector('.hindrance')?.textContent).toContain('pause or stop it first');
    expect([can(ask), fake.open]).toEqual([false, 0]);
    void session.pause();
    await expect.poll(() => can(ask)).toBe(true);
  });

  test('measures nothing beside experiments, says why, and stops when they begin', async () => {
    await open();
    await press(ask);
    await expect.poll(() => fake.calls).toContain('train webgpu ours');
    link('Experiments').click();
    await press('Start');
    link('Speed').click();
    await expect.poll(course).toContain('because a distillation or a series of experiments has begun');
    await expect.poll(() => root.querySelector('.hindrance')?.textContent).toContain('stop them first');
    expect([can(ask), fake.open]).toEqual([false, 0]);
    link('Experiments').click();
    await press('Stop');
    link('Speed').click();
    await expect.poll(() => can(ask)).toBe(true);
  });

  test('lets the table scroll in its own box in a narrow window, and keeps what was measured while another screen is shown', async () => {
    root.style.width = '400px';
    await open();
    await measureAll();
    expect(root.scrollWidth).toBe(400);
    link('Run').click();
    await expect.poll(() => root.querySelector('.control-bar')).not.toBeNull();
    link('Speed').click();
    await expect.poll(course).toContain('26,000 tokens a second');
  });
});
