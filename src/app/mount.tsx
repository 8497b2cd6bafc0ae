/** Puts the page into an element, over any conductor. The one place where the session meets window and location. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import type { Conductor } from '../../workers/protocol';
import { writeAddress } from './address';
import { Session } from './session';
import './style.css';
import { App } from './view/App';

/** Draws the page. It shows a run once the returned session is opened. */
export function mount(root: HTMLElement, conductor: Conductor): Session {
  const session = new Session(conductor, location.search, window);
  const asked = session.draft.value;
  effect(() => {
    const draft = session.draft.value;
    // What was asked for stays in the address until something is changed, so that a refused address can be read again.
    if (draft === asked) return;
    history.replaceState(null, '', `${location.pathname}${writeAddress({ draft, autostart: session.autostart })}${location.hash}`);
  });
  render(<App session={session} />, root);
  return session;
}
