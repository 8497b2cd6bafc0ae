/** Puts the page into an element, over any conductor. The one place where the session meets window and location. */
import { effect, signal } from '@preact/signals';
import { render, type ComponentType } from 'preact';
import type { Conductor } from '../../workers/protocol';
import { readAddress, writeAddress } from './address';
import { screenTitles, type Screen } from './screens';
import { Session } from './session';
import './style.css';
import { App } from './view/App';

/** Scripts and threads of the models screen are loaded when it is opened, so that a run does not wait for them. */
async function loadModels(): Promise<ComponentType> {
  const { openModels } = await import('./models/open');
  return openModels();
}

/** Draws the page. It shows a run once the returned session is opened. `load` gives the models screen; it is called once. */
export function mount(root: HTMLElement, conductor: Conductor, load: () => Promise<ComponentType> = loadModels): Session {
  const session = new Session(conductor, location.search, window);
  const screen = signal<Screen>(readAddress(location.search).screen);
  const [asked, first] = [session.draft.value, screen.value];
  const href = (to: Screen) => `${location.pathname}${writeAddress({ screen: to, draft: session.draft.value, autostart: session.autostart })}`;
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
  let models: Promise<ComponentType> | null = null;
  render(<App session={session} screen={screen} href={href} onGo={go} loadModels={() => (models ??= load())} />, root);
  return session;
}
