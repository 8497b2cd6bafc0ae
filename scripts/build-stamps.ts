/**
 * Builds `public/datasets/stamps`, photographs and drawings with captions, from Debian's tuxpaint-stamps-default.
 *
 *     npm run build:stamps [-- --from DIR]
 *
 * Without --from, apt fetches the package. DIR holds the usr/ of an unpacked package; / where it is installed. The pictures
 * are under the GPL, so the folder is no part of the repository.
 */
import { exitCode } from './exit-code';
import { readFlags } from './flags';
import { buildStamps } from './stamps/ensure';

process.exit(await exitCode(async () => {
  const { from } = readFlags(process.argv.slice(2), { from: { type: 'string' } });
  buildStamps(console.log, from);
}));
