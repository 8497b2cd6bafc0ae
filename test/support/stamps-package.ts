/**
 * A hand-made package in the shape of Debian's tuxpaint-stamps-default: a few tiny stamps of every kind that is there.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from 'fast-png';

/** Names of a thing each; enough that both sides of the split have some. */
export const animals = ['owl', 'cat', 'dog', 'pig', 'cow', 'hen', 'fox', 'yak', 'gnu', 'bee', 'ant', 'eel', 'emu', 'ape', 'bat', 'elk'];

/** Writes it into a new folder, whose path it returns. */
export function stampsPackage(): string {
  const root = mkdtempSync(join(tmpdir(), 'stamps-'));
  const put = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const stamp = (path: string, text: string, picture: Uint8Array | string = halfRed(), type = 'png'): void => {
    put(`usr/share/tuxpaint/stamps/${path}.${type}`, picture);
    put(`usr/share/tuxpaint/stamps/${path}.txt`, text);
  };
  put('usr/share/doc/tuxpaint-stamps-default/copyright', 'License: GPL-2\n');
  put('usr/share/doc/tuxpaint-stamps-default/changelog.Debian.gz', gzipSync('tuxpaint-stamps (2022.06.04-1) unstable; urgency=medium\n'));
  for (const name of animals) stamp(`animals/${name}`, `${/^[aeiou]/.test(name) ? 'An' : 'A'} ${name}.\nde.utf8=Ein Tier.\n`);
  stamp('food/cheese', 'Say cheese!\n');
  stamp('food/fruit/plum', 'A plum.\n', square(), 'svg');
  // The PNG twin for old versions, which the SVG is taken instead of.
  put('usr/share/tuxpaint/stamps/food/fruit/plum.png', halfRed());
  stamp('vehicles/cartoon/tram', 'A tram.\n');
  stamp('naturalforces/fire', 'Fire! Fire! Fire!\n');
  stamp('symbols/letter_a', 'The letter A.\n');
  // Its text is its twin's.
  put('usr/share/tuxpaint/stamps/vehicles/tram_mirror.png', halfRed());
  put('usr/share/tuxpaint/stamps/animals/owl.ogg', 'sound');
  return root;
}

/** 4 × 2: the left half red, the right half clear. */
function halfRed(): Uint8Array {
  const row = [255, 0, 0, 255, 255, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0];
  return encode({ width: 4, height: 2, data: new Uint8Array([...row, ...row]), depth: 8, channels: 4 });
}

function square(): string {
  return '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10" fill="#0000ff"/></svg>';
}
