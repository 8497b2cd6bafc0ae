/** Builds the page of the measurement and opens it. It measures nothing by itself. */
import { join } from 'node:path';
import { build } from 'vite';
import { root } from '../../built';
import { withMeasuringPage, type MeasuringPage } from '../measuring-page';
import { cpuClockOf } from './cpu';
import type { ScalingBench } from './page';

/** The open page. */
export type ScalingPage = MeasuringPage<ScalingBench>;

/** Opens the page and hands it to `use`. @param webgpu whether WebGPU is asked for: on hardware where there is some, and else on the CPU */
export async function withScalingPage<T>(browser: string, webgpu: boolean, use: (page: ScalingPage) => Promise<T>): Promise<T> {
  const folder = join(root, 'build/bench-scaling');
  await build({
    root: import.meta.dirname, configFile: join(root, 'vite.config.ts'), publicDir: false, logLevel: 'warn', build: { outDir: folder, emptyOutDir: true },
  });
  return withMeasuringPage({
    browser, folder, name: 'scalingBench', webgpu, kinds: webgpu ? ['hardware', 'software'] : ['hardware'],
    prepare: async (page) => { await page.exposeFunction('cpuSeconds', await cpuClockOf(page.context())); },
  }, use);
}
