/** Measures cases in a real Chromium, each in a thread of its own. */
import type { ModelCase } from '../../../src/bench/models/work';
import type { Case } from '../../../src/bench/row';
import { ensureBrowser } from '../../browser';
import { withStepsPage } from './drive';
import { run } from './run';
import { runModels, together, type AllResults } from './run-models';
import type { BenchWishes } from './wishes';

export interface Report extends AllResults {
  browser: string;
  adapter: string | null;
}

export async function inChromium(cases: readonly Case[], models: readonly ModelCase[], wishes: BenchWishes, say: (line: string) => void): Promise<Report> {
  const browser = ensureBrowser(say);
  const wanted = new Set([...cases, ...models].map(({ implementation }) => implementation));
  const needsGpu = [...cases, ...models].some(({ backend }) => backend === 'webgpu');
  return await withStepsPage(browser, needsGpu ? wishes.adapter : 'hardware', wanted, async (page) => {
    const software = page.adapter?.software ?? false;
    const results = await run(cases, wishes.steps, {
      software,
      measure: (of, steps) => page.call('measure', of, steps),
      product: (implementation, backend, on) => page.call('product', implementation, backend, on),
    }, say);
    const ofModels = await runModels(models, wishes.steps, {
      software, model: (of, steps) => page.call('model', of, steps), peaks: (of, on) => page.call('peaks', of, on),
    }, say);
    return { browser: `Chromium ${page.version}`, adapter: page.adapter?.name ?? null, ...together(results, ofModels) };
  });
}
