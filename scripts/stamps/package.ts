/** Brings Debian's package of stamps onto this machine: fetched by apt, unpacked by dpkg, into `build/stamps`. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ComdError } from '../../src/errors';

/** Also the name of its folder of documents. */
export const packageName = 'tuxpaint-stamps-default';
/** 160 MB, of which most are spoken names. */
const patienceMs = 600_000;

/** The folder that holds the package's `usr/`. A package that was fetched before is not fetched again. */
export function unpackedPackage(build: string, say: (line: string) => void): string {
  mkdirSync(build, { recursive: true });
  const deb = debIn(build) ?? fetched(build, say);
  const folder = join(build, 'package');
  rmSync(folder, { recursive: true, force: true });
  command('dpkg-deb', ['-x', join(build, deb), folder], build);
  return folder;
}

function debIn(build: string): string | undefined {
  return readdirSync(build).filter((name) => name.startsWith(packageName) && name.endsWith('.deb')).sort().at(-1);
}

function fetched(build: string, say: (line: string) => void): string {
  say(`Fetching Debian's ${packageName} (160 MB).`);
  try {
    command('apt-get', ['download', packageName], build);
  } catch {
    // The lists of packages may be missing or old.
    command('apt-get', ['update'], build);
    command('apt-get', ['download', packageName], build);
  }
  const deb = debIn(build);
  if (deb !== undefined && existsSync(join(build, deb))) return deb;
  throw cannot(`apt-get left no ${packageName}_….deb in ${build}.`);
}

function command(name: string, args: string[], cwd: string): void {
  try {
    execFileSync(name, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], timeout: patienceMs });
  } catch (cause) {
    const { code, stderr } = cause as { code?: string; stderr?: Buffer };
    const reason = code === 'ENOENT' ? 'there is no such command' : stderr?.toString().trim().split('\n').at(-1) || String(cause);
    throw cannot(`\`${name} ${args.join(' ')}\` failed: ${reason}.`, cause);
  }
}

function cannot(message: string, cause?: unknown): ComdError {
  return new ComdError(
    'data/missing-image', message,
    `Without Debian's apt: fetch the .deb from https://packages.debian.org/${packageName}, unpack it (\`ar x\`, then \`tar xf data.tar.xz\`), `
    + 'and give the folder that then holds usr/: `npm run build:stamps -- --from DIR`.', { cause },
  );
}
