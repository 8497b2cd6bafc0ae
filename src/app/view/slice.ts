/** Hooks by which a part of the page reads one slice of the run, and is drawn again only when that slice changes. */
import { useComputed } from '@preact/signals';
import type { Session } from '../session';
import type { RunView } from '../state';

export function useSlice<T>(session: Session, pick: (view: RunView) => T): T {
  return useComputed(() => pick(session.view.value)).value;
}
