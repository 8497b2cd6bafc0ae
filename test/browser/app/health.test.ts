/** The health panel of the page, over a conductor without workers. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mount } from '../../../src/app/mount';
import { watched } from '../../../src/comd/health';
import { FakeConductor } from '../../support/fake-conductor';
import { syntheticHealth } from '../../support/health';
import { expectNoBarrier, freshRoot, leaveAddress, visit } from '../../support/screen';

let root: HTMLElement;
let conductor: FakeConductor;
beforeEach(async () => {
  root = freshRoot();
  conductor = new FakeConductor();
  visit('');
  await mount(root, conductor).open();
  await expect.poll(panel, { timeout: 20_000 }).not.toBeNull();
});
afterEach(leaveAddress);

const panel = (): HTMLElement | null => root.querySelector<HTMLElement>('[aria-labelledby=health-title]');
const text = (): string => panel()?.textContent ?? '';
const signs = (): HTMLElement[] => [...panel()?.querySelectorAll<HTMLElement>('.health-signs > li') ?? []];

test('it says what is watched before anything was looked at, and does not call that healthy', () => {
  for (const { watches } of watched) expect(text()).toContain(watches);
  expect(text()).toContain('at the end of every iteration');
  expect(text()).not.toContain('Nothing to worry about');
});

test('it says that there is nothing to worry about after an iteration without signs', async () => {
  conductor.emit({ type: 'health', iteration: 1, signs: [] });
  await expect.poll(text).toContain('Nothing to worry about so far.');
});

test('it tells every sign once, with its iterations, what was seen last and what to try', async () => {
  for (const event of syntheticHealth) conductor.emit(event);
  await expect.poll(() => signs().length).toBe(2);
  expect(text()).not.toContain('Nothing to worry about');
  expect(signs()[0]?.querySelector('h3')?.textContent).toBe('marks iteration 3; before that iteration 2');
  expect(signs()[0]?.textContent).toContain('50 of 90');
  expect(signs()[0]?.textContent).toContain('Try: Name a better assessor');
  expect(signs()[1]?.textContent).toContain('310 of 420');
  await expectNoBarrier(panel() as HTMLElement);
});
