/** Which own data the next run is to use: what stands in the setting `data` of the draft. It stores nothing. */
import type { OwnSet } from '../../../workers/data-protocol';
import { textOf, write, type Draft } from '../draft';

/** The own data sets that a text of the setting names. */
export function namedIn(text: string): string[] {
  return text.split(',').map((part) => part.trim()).filter((part) => part.startsWith('own:')).map((part) => part.slice('own:'.length));
}

export function usedBy(draft: Draft): string[] {
  return namedIn(textOf(draft, 'data'));
}

/** The draft of a run over `set`; one that is held out as a whole is examined beside what the draft learns from. */
export function using(draft: Draft, set: OwnSet): Draft {
  const [first] = usedBy(draft);
  return write(draft, 'data', set.heldOutOnly ? `own:${first ?? ''},own:${set.id}` : `own:${set.id}`);
}

/** The draft without own data that `id` is part of: the preset's own again, or what is left. */
export function without(draft: Draft, id: string): Draft {
  const [first, ...more] = usedBy(draft);
  if (first === id || first === undefined) return write(draft, 'data', '');
  return write(draft, 'data', [first, ...more.filter((other) => other !== id)].map((other) => `own:${other}`).join(','));
}
