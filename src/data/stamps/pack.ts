/**
 * The pack of Tux Paint stamps: pictures of things, each with a caption, read from `manifest.json`, which
 * `npm run build:stamps` makes from Debian's package. Nothing here draws or asks.
 */
import * as v from 'valibot';
import { ComdError } from '../../errors';

const Stamp = v.object({
  /** Its file beside the manifest, without `.png`; also its image's name. */
  image: v.string(),
  /** English, as its maker wrote it. */
  caption: v.string(),
  /** What is shown, where the caption says no more than that: `an owl`, `some cherries`. */
  name: v.nullable(v.string()),
  /** What the package files it under: `animals`. */
  group: v.string(),
  /** A drawing by its format or folder. The others are photographs for the most part, but for some signs, clothes and ornaments. */
  drawn: v.boolean(),
});

const Manifest = v.object({
  /** Version of the Debian package. */
  version: v.string(),
  stamps: v.pipe(v.array(Stamp), v.minLength(1)),
});

export type Stamp = v.InferOutput<typeof Stamp>;
export type Pack = v.InferOutput<typeof Manifest>;

/** Edge of every picture in pixels. */
export const stampSize = 128;
/** What to do about a pack that is missing or spoilt. */
export const buildAgain = 'Run `npm run build:stamps`, which makes the pack from Debian\'s tuxpaint-stamps-default.';

/** Reads a manifest. Throws `data/malformed-record` naming the field. */
export function parsePack(json: unknown): Pack {
  const result = v.safeParse(Manifest, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new ComdError('data/malformed-record', `datasets/stamps/manifest.json: ${v.getDotPath(issue) ?? 'root'}: ${issue.message}`, buildAgain);
}
