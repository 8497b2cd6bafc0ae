/** Opens the place of a checkpoint as a source: an address, the files of a folder, or a kept model. */
import type { ModelPlace } from '../../workers/protocol';
import { filesSource } from './files-source';
import { httpSource } from './http-source';
import { keptSource } from './library/kept-source';
import type { Source } from './source';

/** Reads nothing yet, but of a kept model its record: throws `checkpoint/missing-file` and `checkpoint/corrupt` for one that is gone. */
export async function sourceOf(place: ModelPlace): Promise<Source> {
  switch (place.kind) {
    case 'url': return httpSource(place.url);
    case 'files': return filesSource(place.name, place.files);
    case 'kept': return keptSource(place.id);
  }
}
