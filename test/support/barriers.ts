/** What on a page would keep people out, as axe finds it. */
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** Serious and critical barriers, each with the elements that have it. */
export async function barriers(page: Page): Promise<[rule: string, elements: string[]][]> {
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
  const { violations } = await page.evaluate('axe.run()') as AxeResults;
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]);
}
