/** Installs what the project is held against, apart from the project's own packages and only when it is asked for. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Implementation } from '../../../src/bench/work';
import { root } from '../../built';

export const peersFolder = join(root, 'scripts/bench/peers');

/** Those that come from elsewhere. */
export const peers: readonly Implementation[] = ['nanogpt', 'jax-js', 'transformers.js'];

/** Brings the folder up to its lockfile. Throws with what to do where that fails. */
export function ensurePeers(say: (line: string) => void): void {
  const lock = readFileSync(join(peersFolder, 'package-lock.json'), 'utf8');
  // What was installed last, since the time of a checked out file tells nothing.
  const installed = join(peersFolder, 'node_modules/installed-lock.json');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) return;
  say('Installing the peers (1 GB, up to 3 minutes).');
  try {
    // Scripts of theirs would load what is not needed here, from servers that may not be reached.
    execFileSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: peersFolder, stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000, shell: process.platform === 'win32',
    });
  } catch (cause) {
    throw new Error(`The peers cannot be installed in ${peersFolder}. Without them only --implementation ours and stock can be measured, in Chromium.`, { cause });
  }
  writeFileSync(installed, lock);
}
