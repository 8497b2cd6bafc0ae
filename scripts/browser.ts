/**
 * Finds a Chromium on this machine, or installs one, and says with which flags it is launched. It opens no page.
 */
import { spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

/** Where browsers that are not on the PATH usually lie, best first. */
const usualPlaces: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ['/opt/google/chrome/chrome', '/snap/bin/chromium', '/usr/lib/chromium/chromium'],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((variable) => {
    const base = process.env[variable];
    return base ? [join(base, 'Google/Chrome/Application/chrome.exe'), join(base, 'Microsoft/Edge/Application/msedge.exe')] : [];
  }),
};
const names = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser'];

/** The path of a Chromium: what `CHROME_PATH` names, or the first that starts of the PATH, the usual places and Playwright's own. */
export function findBrowser(): string | undefined {
  const named = process.env['CHROME_PATH'];
  if (named) {
    if (isProgram(named)) return named;
    throw new Error(`CHROME_PATH is "${named}", which is no program. Set it to a Chrome or Chromium, or unset it.`);
  }
  const onPath = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...(usualPlaces[process.platform] ?? []), chromium.executablePath()].find(starts);
}

/** As {@link findBrowser}; installs one where there is none, and says so. Throws with what to do where that fails too. */
export function ensureBrowser(say: (line: string) => void): string {
  const found = findBrowser();
  if (found) {
    say(`Browser: ${found}`);
    return found;
  }
  for (const install of [installByPlaywright, installByApt]) {
    install(say);
    const installed = findBrowser();
    if (installed) {
      say(`Browser: ${installed} (just installed)`);
      return installed;
    }
  }
  throw new Error('No Chrome or Chromium here, and none could be installed. Install one, or set CHROME_PATH to its program.');
}

/** Chromium starts as root only without its sandbox, and most CI containers forbid the sandbox what it needs. */
export function needsNoSandbox(): boolean {
  return process.getuid?.() === 0 || Boolean(process.env['CI']);
}

/** What Chromium is launched with. `swiftshader` makes the software adapter count, which only tests want. */
export function launchFlags(wanted: { webgpu: boolean; swiftshader: boolean }): string[] {
  // Left alone, Chromium offers the software adapter wherever there is no other, and a run on it takes hours.
  const adapter = wanted.swiftshader ? '--use-webgpu-adapter=swiftshader' : '--disable-software-rasterizer';
  return [
    // A run must be as fast in a hidden window as in one that is looked at.
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding',
    '--disable-backgrounding-occluded-windows',
    ...(wanted.webgpu ? ['--enable-unsafe-webgpu', adapter] : []),
  ];
}

function installByPlaywright(say: (line: string) => void): void {
  say('No Chrome or Chromium found: installing Playwright\'s (up to 3 minutes).');
  const cli = join(import.meta.dirname, '../node_modules/playwright-core/cli.js');
  spawnSync(process.execPath, [cli, 'install', 'chromium'], { stdio: 'ignore', timeout: 180_000 });
}

function installByApt(say: (line: string) => void): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
  say('Playwright\'s cannot be had: installing Debian\'s chromium with apt-get.');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options: SpawnSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'], timeout: 600_000, env };
  spawnSync('apt-get', ['update'], options);
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options);
}

/** On Linux a program may lie there and still want its libraries, or be a stub that asks for a snap. */
function starts(path: string): boolean {
  if (!isProgram(path)) return false;
  return process.platform !== 'linux' || spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
