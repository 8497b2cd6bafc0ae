/**
 * The emoji world's vocabulary: which emoji there are, in which styles, and what is known of each. It is read from
 * `manifest.json`, which `scripts/build-emoji.ts` makes from the art packages. Nothing here draws or asks.
 */
import * as v from 'valibot';
import { ComdError } from '../../errors';

const Emoji = v.object({
  name: v.string(),
  category: v.string(),
  /** Keywords that fit it, beyond its name. */
  keywords: v.array(v.string()),
  /** Dominant colour of the pixels by style; null where no colour dominates. */
  colours: v.record(v.string(), v.nullable(v.string())),
});

const Style = v.object({
  name: v.string(),
  /** PNG beside the manifest: tiles in the order of `emoji`, `columns` a row. */
  atlas: v.string(),
  /** A style that nobody learns from. */
  heldOut: v.boolean(),
});

const Manifest = v.object({
  /** Edge of a tile in pixels. */
  tile: v.number(),
  columns: v.number(),
  styles: v.array(Style),
  emoji: v.array(Emoji),
});

export type Emoji = v.InferOutput<typeof Emoji>;
export type World = v.InferOutput<typeof Manifest>;

/** Reads a manifest. Throws `data/malformed-record` naming the field. */
export function parseWorld(json: unknown): World {
  const result = v.safeParse(Manifest, json);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new ComdError(
    'data/malformed-record',
    `datasets/emoji/manifest.json: ${v.getDotPath(issue) ?? 'root'}: ${issue.message}`,
    'Build the data set again with `npm run build:emoji`.',
  );
}

/** Distinct categories, in the order of the manifest. */
export function categoriesOf(world: World): string[] {
  return [...new Set(world.emoji.map((emoji) => emoji.category))];
}
