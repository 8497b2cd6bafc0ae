/** Measures cases in a real Chromium, each in a thread of its own. */
import type { Case } from '../../../src/bench/row';
import { ensureBrowser } from '../../browser';
import { withStepsPage } from './drive';
import { run, type Results } from './run';
import type { BenchWishes } from './wishes';

export interface Report extends Results {
  browser: string;
  adapter: string | null;
}

export async function inChromium(cases: readonly Case[], wishes: BenchWishes, say: (line: string) => void): Promise<Report> {
  const browser = ensureBrowser(say);
  const wanted = new Set(cases.map(({ implementation }) => implementation));
  const needsGpu = cases.some(({ backend }) => backend === 'webgpu');
  return await withStepsPage(browser, needsGpu ? wishes.adapter : 'hardware', wanted, async (page) => {
    const results = await run(cases, wishes.steps, {
      software: page.adapter?.software ?? false,
      measure: (of, steps) => page.call('measure', of, steps),
      product: (implementation, backend, on) => page.call('product', implementation, backend, on),
    }, say);
    return { browser: `Chromium ${page.version}`, adapter: page.adapter?.name ?? null, ...results };
  });
}
