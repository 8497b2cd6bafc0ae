/** From a place that a user names to an open checkpoint, whatever its format. */
import type { ModelPlace } from '../../workers/protocol';
import type { Checkpoint } from './checkpoint';
import { openGguf } from './gguf/open';
import { openCheckpoint } from './open';
import { sourceOf } from './source-of';

/** Throws `checkpoint/*`. */
export async function openPlace(place: ModelPlace): Promise<Checkpoint> {
  const source = await sourceOf(place);
  return source.gguf === undefined ? openCheckpoint(source) : openGguf(source);
}
