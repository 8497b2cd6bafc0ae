/** Which models a run is played by, and how they are kept on their devices, as its settings say. It loads nothing. */
import type { LoadOptions, ModelPlace } from '../../workers/protocol';
import type { Role } from './events';
import { ComdError } from '../errors';
import type { Settings } from '../settings';

/** How a setting names a model of the library, and one that comes with the page. */
const keptPrefix = 'kept:';
const bundledPrefix = 'bundled:';

/** Whether a setting names a model that comes with the page: the preset's own, or another one. */
export const isBundled = (chosen: string): boolean => chosen === '' || chosen.startsWith(bundledPrefix);

/** Where a model that a setting names is to be had; `own` is the preset's, and `urlOf` gives the address of a bundled one. */
export function placeOf(chosen: string, own: string, urlOf: (path: string) => string): ModelPlace {
  if (isBundled(chosen)) return { kind: 'url', url: urlOf(chosen === '' ? own : `models/${chosen.slice(bundledPrefix.length)}`) };
  return chosen.startsWith(keptPrefix) ? { kind: 'kept', id: chosen.slice(keptPrefix.length) } : { kind: 'url', url: chosen };
}

/** Who plays `role`: another model than the teacher, and than one that is loaded for another role already, only where one is named. */
export function playerOf(role: Role, { teacher, assessor, augmentor }: Settings): Role {
  if (role === 'augmentor' && augmentor !== '' && augmentor !== teacher) return augmentor === assessor ? 'assessor' : 'augmentor';
  if (role === 'assessor' && assessor !== '' && assessor !== teacher) return 'assessor';
  return role === 'student' ? 'student' : 'teacher';
}

/** The models that a run loads. */
export function playersNeeded(settings: Settings): Role[] {
  return [...new Set((['student', 'teacher', 'assessor', 'augmentor'] as const).map((role) => playerOf(role, settings)))];
}

export function loadOptions(role: Role, settings: Settings): LoadOptions {
  const weights = role === 'student' ? settings.studentWeights : settings.teacherWeights;
  // The roles of the teacher take turns, so that two models are at work at any time.
  return { backend: settings.backend, weights, models: 2 };
}

/** Throws `settings/invalid` for settings that contradict each other, before anything is loaded. */
export function checkModels({ studentWeights, loraRank }: Settings): void {
  if (studentWeights === 'f32' || loraRank > 0) return;
  throw new ComdError('settings/invalid', `A student whose weights are kept as ${studentWeights} cannot be tuned itself: "loraRank" is 0.`,
    'Give "loraRank" a value such as 8, or set "studentWeights" to f32.');
}
