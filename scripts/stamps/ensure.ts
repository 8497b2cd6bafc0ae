/** The pack of stamps, built when a run wants it and it is not there. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildPack } from './build';
import { unpackedPackage } from './package';

const root = join(import.meta.dirname, '../..');
const pack = join(root, 'public/datasets/stamps');

/** Builds the pack from the package that apt fetches, or from the folder `from`; says what it made. */
export function buildStamps(say: (line: string) => void, from?: string): void {
  const unpacked = from ?? unpackedPackage(join(root, 'build/stamps'), say);
  const { version, stamps } = buildPack(unpacked, pack);
  // 220 MB, which the package that stays in its stead can give again.
  if (from === undefined) rmSync(unpacked, { recursive: true });
  const drawn = stamps.filter((stamp) => stamp.drawn).length;
  say(`public/datasets/stamps: ${stamps.length} stamps of version ${version}, ${drawn} of them drawn. Their licence is in licence.txt.`);
}

/** Builds the pack unless it is there. */
export function ensureStamps(say: (line: string) => void): void {
  if (!existsSync(join(pack, 'manifest.json'))) buildStamps(say);
}
