/** A composition while it is being written. A value; composing is the library's. */
import type { Composition } from '../../../workers/protocol';
import { ComdError } from '../../errors';
import { parseSetting } from '../../settings';
import { nowhere, placeOf, type PlaceDraft } from './place';

export interface CompositionDraft {
  tower: PlaceDraft;
  decoder: PlaceDraft;
  connector: Composition['connector'];
  name: string;
  seed: string;
}

export const blankComposition: CompositionDraft = { tower: nowhere, decoder: nowhere, connector: 'mlp', name: '', seed: '1' };

/** Reads a draft. Throws `settings/invalid` naming the field. */
export function compositionOf(draft: CompositionDraft, base: string): Composition {
  const name = draft.name.trim();
  if (name === '') throw new ComdError('settings/invalid', 'The student has no name.', 'Write one; it is listed under it.');
  return {
    tower: placeOf(draft.tower, 'the vision tower', base), decoder: placeOf(draft.decoder, 'the decoder', base),
    connector: draft.connector, name, seed: parseSetting('seed', draft.seed),
  };
}
