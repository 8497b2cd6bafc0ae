/** Builds the measurement for Node on Dawn as one script, and runs it. */
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { root } from '../../built';
import { peersFolder } from './peers';

const outDir = join(root, 'build');

/** Hands the script the same flags. Throws where it did not end well; it has said why. */
export async function runDawn(args: readonly string[], say: (line: string) => void): Promise<void> {
  const script = join(outDir, 'bench-dawn.mjs');
  await build({
    root: import.meta.dirname, configFile: false, publicDir: false, logLevel: 'warn',
    build: {
      ssr: join(import.meta.dirname, 'dawn.ts'), outDir, emptyOutDir: false, target: 'node20',
      rolldownOptions: { external: ['webgpu'], output: { entryFileNames: 'bench-dawn.mjs', codeSplitting: false } },
    },
    ssr: { noExternal: true },
  });
  // Node looks for packages beside the script.
  await mkdir(join(outDir, 'node_modules'), { recursive: true });
  await rm(join(outDir, 'node_modules/webgpu'), { recursive: true, force: true });
  await symlink(join(peersFolder, 'node_modules/webgpu'), join(outDir, 'node_modules/webgpu'), 'junction');
  const { dependencies } = JSON.parse(await readFile(join(peersFolder, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  say(`For another machine: copy ${script} there, then: npm install webgpu@${dependencies['webgpu']} && node bench-dawn.mjs --json FILE`);
  const { status } = spawnSync(process.execPath, [script, ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error('The measurement on Dawn failed: see above.');
}
