/** Puts the page into an element, over any conductor. The one place where the session meets window and location. */
import { effect, signal } from '@preact/signals';
import { render, type ComponentType } from 'preact';
import type { Conductor } from '../../workers/protocol';
import { readAddress, writeAddress } from './address';
import { lateScreens, type LateScreens } from './late-screens';
import { screenTitles, type LateScreenName, type Screen } from './screens';
import { Session } from './session';
import './style.css';
import { App } from './view/App';

/** Draws the page. It shows a run once the returned session is opened. `late` gives the other screens; each is called once. */
export function mount(root: HTMLElement, conductor: Conductor, late: LateScreens = lateScreens): Session {
  const session = new Session(conductor, location.search, window);
  const screen = signal<Screen>(readAddress(location.search).screen);
  const [asked, first] = [session.draft.value, screen.value];
  const href = (to: Screen) =>
    `${location.pathname}${writeAddress({ screen: to, draft: session.draft.value, autostart: session.autostart, steps: session.steps })}`;
  const go = (to: Screen) => {
    if (to !== screen.value) history.pushState(null, '', href(to));
    screen.value = to;
  };
  window.addEventListener('popstate', () => { screen.value = readAddress(location.search).screen; });
  effect(() => {
    const [draft, shown] = [session.draft.value, screen.value];
    // What was asked for stays in the address until something is changed, so that a refused address can be read again.
    if (draft === asked && shown === first) return;
    history.replaceState(null, '', `${href(shown)}${location.hash}`);
  });
  const { title } = document;
  effect(() => { document.title = screen.value === 'run' ? title : `${screenTitles[screen.value]} · ${title}`; });
  const opened: Partial<Record<LateScreenName, Promise<ComponentType>>> = {};
  const load = (name: LateScreenName) => (opened[name] ??= late[name](session));
  render(<App session={session} screen={screen} href={href} onGo={go} load={load} />, root);
  return session;
}
