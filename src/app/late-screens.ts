/** The screens whose scripts and threads are loaded when they are opened, so that a run does not wait for them. */
import type { ComponentType } from 'preact';
import type { LateScreenName } from './screens';
import type { Session } from './session';

/** Each opens a screen beside the session of the run, and gives what draws it. */
export type LateScreens = Record<LateScreenName, (session: Session) => Promise<ComponentType>>;

export const lateScreens: LateScreens = {
  models: async () => (await import('./models/open')).openModels(),
  data: async (session) => (await import('./data/open')).openData(session),
  speed: async (session) => (await import('./speed/open')).openSpeed(session),
  experiments: async (session) => (await import('./experiments/open')).openExperiments(session),
};
