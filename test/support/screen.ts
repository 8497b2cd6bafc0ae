/** A page that is drawn in the browser of the tests, as its user meets it: found by what it says, pressed once it can be pressed. */
import axe from 'axe-core';
import { expect } from 'vitest';

const address = `${location.pathname}${location.search}`;

/** An empty element to draw the page into, in place of what was there. */
export function freshRoot(): HTMLElement {
  const root = document.createElement('div');
  document.body.replaceChildren(root);
  document.documentElement.lang = 'en';
  document.title = 'CoMD';
  return root;
}

/** Gives the page an address of its own, as `?screen=data`. */
export function visit(search: string): void {
  history.replaceState(null, '', `${location.pathname}${search}`);
}

/** Gives back the address that the tests run at. */
export function leaveAddress(): void {
  history.replaceState(null, '', address);
}

export function find<E extends Element>(selector: string): E {
  const element = document.querySelector<E>(selector);
  if (element === null) throw new Error(`The page has no ${selector}`);
  return element;
}

/** The section under the heading with id `title-title`. */
export const section = (title: string): HTMLElement => find(`section[aria-labelledby=${title}-title]`);

/** A button by its label, or else by its text with all that is said but not shown. */
export function button(name: string): HTMLButtonElement {
  const found = [...document.querySelectorAll('button')].find((one) => (one.getAttribute('aria-label') ?? one.textContent) === name);
  if (found === undefined) throw new Error(`The page has no button "${name}"`);
  return found;
}

/** Whether a button does anything. */
export const can = (name: string): boolean => button(name).getAttribute('aria-disabled') !== 'true';

/** Presses a button once it is there and can be pressed. */
export async function press(name: string): Promise<void> {
  await expect.poll(() => can(name), { message: name }).toBe(true);
  button(name).click();
}

/** The way to another screen, by its name. */
export function link(name: string): HTMLAnchorElement {
  const found = [...document.querySelectorAll<HTMLAnchorElement>('.masthead nav a')].find(({ textContent }) => textContent === name);
  if (found === undefined) throw new Error(`The masthead has no "${name}"`);
  return found;
}

/** Writes into a field as somebody who types. */
export function write(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Chooses one of the options of a select. */
export function choose(select: HTMLSelectElement, value: string): void {
  select.value = value;
  select.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Puts files into an input as a picker does. */
export function put(input: HTMLInputElement, files: readonly File[]): void {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

/** A picture of 4 × 4 pixels as a file. */
export async function picture(name: string): Promise<File> {
  const canvas = new OffscreenCanvas(4, 4);
  canvas.getContext('2d')?.fillRect(0, 0, 2, 2);
  return new File([await canvas.convertToBlob()], name, { type: 'image/png' });
}

/** Fails on what keeps people from using the page, as axe finds it. */
export async function expectNoBarrier(within: Element = find('body > div')): Promise<void> {
  const { violations } = await axe.run(within);
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}
