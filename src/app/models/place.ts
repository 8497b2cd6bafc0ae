/** Where a model is to be had, while it is being written or picked. Text and files in, a place out; it opens nothing. */
import type { KeptModel, ModelPlace } from '../../../workers/protocol';
import { ComdError } from '../../errors';

export type PickedFiles = Extract<ModelPlace, { kind: 'files' }>;

/** What stands in the fields: a kept model goes before picked files, and those before the text. */
export interface PlaceDraft {
  kept: string;
  picked: PickedFiles | null;
  text: string;
}

export const nowhere: PlaceDraft = { kept: '', picked: null, text: '' };

/** Whether anything is written or picked. */
export function isGiven({ kept, picked, text }: PlaceDraft): boolean {
  return kept !== '' || picked !== null || text.trim() !== '';
}

/** The place of a draft. `what` names it in messages, as "the model"; relative addresses are taken from `base`. */
export function placeOf(draft: PlaceDraft, what: string, base: string): ModelPlace {
  if (draft.kept !== '') return { kind: 'kept', id: draft.kept };
  if (draft.picked !== null) return draft.picked;
  return { kind: 'url', url: addressOf(draft.text.trim(), what, base) };
}

/** A place in a few words, for headings and sentences. */
export function placeName(place: ModelPlace, kept: readonly KeptModel[]): string {
  if (place.kind === 'files') return place.name;
  if (place.kind === 'kept') return kept.find(({ id }) => id === place.id)?.name ?? place.id;
  return decoded(place.url.replace(/\/+$/, '').split('/').at(-1) ?? place.url);
}

const hub = 'https://huggingface.co/';
const hubName = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;

/** An address in full, without a slash at its end; `organisation/name` means the hub. Throws `settings/invalid`. */
export function addressOf(text: string, what: string, base: string): string {
  if (text === '') throw new ComdError('settings/invalid', `Nothing says where ${what} is.`, 'Write its address, or pick its folder.');
  const full = hubName.test(text) ? hub + text : /^(huggingface\.co|hf\.co)\//.test(text) ? `https://${text}` : text;
  const url = /^(https?:\/\/|\.{0,2}\/)/.test(full) && URL.canParse(full, base) ? new URL(full, base) : null;
  if (url !== null) return url.href.replace(/\/+$/, '');
  throw new ComdError('settings/invalid', `"${text}" is no address of ${what}.`, 'Give an address that begins with https://, or a hub model as organisation/name.');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
