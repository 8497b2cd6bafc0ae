/** Which models a run is played by, and how they are kept on their devices, as its settings say. It loads nothing. */
import type { LoadOptions, ModelPlace } from '../../workers/protocol';
import { ComdError } from '../errors';
import type { Settings } from '../settings';

/** How a setting names a model of the library. */
const keptPrefix = 'kept:';

/** Where a model that a setting names is to be had; an empty setting means the preset's own, at `bundled`. */
export function placeOf(chosen: string, bundled: string): ModelPlace {
  if (chosen === '') return { kind: 'url', url: bundled };
  return chosen.startsWith(keptPrefix) ? { kind: 'kept', id: chosen.slice(keptPrefix.length) } : { kind: 'url', url: chosen };
}

export function loadOptions(role: 'student' | 'teacher', settings: Settings): LoadOptions {
  return { backend: settings.backend, weights: role === 'student' ? settings.studentWeights : settings.teacherWeights, models: 2 };
}

/** Throws `settings/invalid` for settings that contradict each other, before anything is loaded. */
export function checkModels({ studentWeights, loraRank }: Settings): void {
  if (studentWeights === 'f32' || loraRank > 0) return;
  throw new ComdError('settings/invalid', `A student whose weights are kept as ${studentWeights} cannot be tuned itself: "loraRank" is 0.`,
    'Give "loraRank" a value such as 8, or set "studentWeights" to f32.');
}
