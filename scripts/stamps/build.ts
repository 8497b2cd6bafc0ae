/**
 * Makes the pack from the unpacked package: a picture a stamp, the manifest, and the licence. The same package gives the
 * same bytes. It leaves out `symbols/`: letters, digits and coins stand for things rather than show them.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { encode } from 'fast-png';
import { stampsOrigin } from '../../src/data/stamps/origin';
import { stampSize, type Pack, type Stamp } from '../../src/data/stamps/pack';
import { ComdError } from '../../src/errors';
import { captionOf, nameOf } from './captions';
import { tileOf } from './tile';

const groupWords: Record<string, string> = { naturalforces: 'natural forces' };

/** Writes the pack into `out`, which is emptied first; the manifest comes last. Throws `data/missing-image`. */
export function buildPack(from: string, out: string): Pack {
  const folder = join(from, 'usr/share/tuxpaint/stamps');
  const documents = join(from, 'usr/share/doc', stampsOrigin.package);
  for (const needed of [folder, join(documents, 'copyright'), join(documents, 'changelog.Debian.gz')]) {
    if (!existsSync(needed)) throw new ComdError('data/missing-image', `${needed} is not there.`, `Give the folder into which ${stampsOrigin.package} was unpacked, which holds usr/.`);
  }
  const version = versionOf(gunzipSync(readFileSync(join(documents, 'changelog.Debian.gz'))).toString());
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const stamps = filesOf(folder).flatMap((file) => stampOf(folder, file, out) ?? []);
  const pack: Pack = { version, stamps };
  writeFileSync(join(out, 'licence.txt'), licenceText(version, readFileSync(join(documents, 'copyright'), 'utf8')));
  writeFileSync(join(out, 'licences.json'), `${JSON.stringify([licence(version)], null, 1)}\n`);
  writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(pack, null, 1)}\n`);
  return pack;
}

/** Relative paths of the pictures, sorted. Of a stamp that comes as both, the SVG; the PNG is its copy for old versions. */
function filesOf(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  const known = new Set(all);
  return all
    .filter((path) => /\.(png|svg)$/.test(path) && !path.startsWith('symbols/'))
    .filter((path) => path.endsWith('.svg') || !known.has(path.replace(/png$/, 'svg')))
    .sort();
}

/** Draws one; undefined where it has no English caption, as the mirrored twins have none. */
function stampOf(folder: string, file: string, out: string): Stamp | undefined {
  const image = file.slice(0, -'.png'.length);
  const text = join(folder, `${image}.txt`);
  const caption = existsSync(text) ? captionOf(readFileSync(text, 'utf8')) : null;
  if (caption === null) return undefined;
  const type = file.endsWith('.svg') ? 'svg' : 'png';
  const tile = tileOf(readFileSync(join(folder, file)), type, stampSize);
  mkdirSync(dirname(join(out, image)), { recursive: true });
  writeFileSync(join(out, `${image}.png`), encode({ ...tile, depth: 8, channels: 3 }));
  const top = image.split('/')[0] as string;
  return { image, caption, name: nameOf(caption), group: groupWords[top] ?? top, drawn: type === 'svg' || image.includes('/cartoon/') };
}

/** As `2022.06.04-1`: what stands in brackets at the top of Debian's changelog. */
function versionOf(changelog: string): string {
  return /^\S+ \(([^)]+)\)/.exec(changelog)?.[1] ?? 'unknown';
}

function licence(version: string) {
  const { licence, attribution, url } = stampsOrigin;
  return { style: 'stamps', package: stampsOrigin.package, version, licence, attribution, url };
}

/** Stands beside the pictures, so that it travels with them. */
function licenceText(version: string, copyright: string): string {
  return `The pictures and captions in this folder were made from Debian's ${stampsOrigin.package} ${version} (${stampsOrigin.url}):\n`
    + `resized to ${stampSize} pixels on white, English captions only. They are under the licence below, which is not that of the\n`
    + 'application that reads them. Whoever passes them on passes on this file, and offers the package as their source.\n\n'
    + copyright;
}
