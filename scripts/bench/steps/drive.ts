/** Builds the page of the measurement and opens it. It measures nothing by itself. */
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'vite';
import { implementations, type Implementation } from '../../../src/bench/work';
import { root } from '../../built';
import { withMeasuringPage, type AdapterKind, type MeasuringPage } from '../measuring-page';
import type { StepsBench } from './page';

/** Where the worker finds each, below the repository's root. */
const sources: Record<Implementation, string> = {
  ours: 'src/bench/ours.ts', stock: 'src/bench/stock.ts', nanogpt: 'scripts/bench/peers/nanogpt.ts', 'jax-js': 'scripts/bench/peers/jax-js.ts',
  'transformers.js': 'scripts/bench/peers/transformers.ts',
};

/** The open page. */
export type StepsPage = MeasuringPage<StepsBench>;

/**
 * Opens the page and hands it to `use`.
 * @param adapter which kind WebGPU may use; where nothing is said, hardware where there is some, and else the software one
 * @param wanted implementations that will be called for
 */
export async function withStepsPage<T>(
  browser: string, adapter: AdapterKind | undefined, wanted: ReadonlySet<Implementation>, use: (page: StepsPage) => Promise<T>,
): Promise<T> {
  await mkdir(join(root, 'build'), { recursive: true });
  // One of its own, so that two runs do not take each other's page away.
  const folder = await mkdtemp(join(root, 'build/bench-steps-'));
  try {
    await buildPage(folder, wanted);
    const kinds = adapter === undefined ? ['hardware', 'software'] as const : [adapter];
    return await withMeasuringPage({ browser, folder, name: 'stepsBench', webgpu: true, kinds }, use);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function buildPage(outDir: string, wanted: ReadonlySet<Implementation>): Promise<void> {
  await build({
    root: import.meta.dirname, configFile: join(root, 'vite.config.ts'), publicDir: false, logLevel: 'warn',
    build: { outDir, emptyOutDir: true }, worker: { plugins: () => [leavingOut(wanted)] },
  });
  // The bundled student and the world that it is tuned on.
  for (const folder of ['models', 'datasets']) await symlink(join(root, 'public', folder), join(outDir, folder), 'junction');
}

/** Leaves out what will not be called for, whose packages need not be there. */
function leavingOut(wanted: ReadonlySet<Implementation>): Plugin {
  const unwanted = implementations.filter((implementation) => !wanted.has(implementation));
  const files = unwanted.map((implementation) => join(root, sources[implementation]));
  return {
    name: 'leaving-out', enforce: 'pre',
    load(id) {
      return files.some((file) => relative(file, id) === '') ? 'export const open = undefined;' : null;
    },
  };
}
