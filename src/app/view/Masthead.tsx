/** The name, the way between the screens, and one sentence of what the present one is. */
import type { ComponentChildren } from 'preact';
import { screens, screenTitles, type Screen } from '../screens';
import type { Session } from '../session';
import { useSlice } from './slice';

interface Props {
  session: Session;
  screen: Screen;
  href(screen: Screen): string;
  onGo(screen: Screen): void;
}

const leads: Record<Screen, ComponentChildren> = {
  run: (
    <>
      Competitive multi-modal distillation in this tab: a small <em class="student">student</em> that sees and answers learns
      from a larger <em class="teacher">teacher</em>, most of all where it loses to it.
    </>
  ),
  models: 'Bring a model by its address or from a folder, keep it on this machine, ask it, or join two into a student. Nothing leaves this machine.',
  data: 'Bring pictures, questions with answers, or captions of your own, and let a run learn from them. Nothing leaves this machine.',
  speed: 'Find out how fast this device trains a small model and lets it answer, with this project and with stock TensorFlow.js. Nothing leaves this machine.',
  experiments: 'Repeat the method over settings and seeds, and see what helps: each point is a mean of runs with its interval, and every run can be opened. It takes hours rather than minutes.',
};

export function Masthead({ session, screen, href, onGo }: Props) {
  const follow = (event: MouseEvent, to: Screen) => {
    // With a key held it is the browser's: a new tab, a new window, a download.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onGo(to);
  };
  return (
    <header class="masthead">
      <div class="masthead-row">
        <h1>CoMD</h1>
        <nav aria-label="Screens">
          {screens.map((to) => (
            <a key={to} href={href(to)} aria-current={to === screen ? 'page' : undefined} onClick={(event) => follow(event, to)}>
              {screenTitles[to]}{to === 'run' && screen !== 'run' && <RunTag session={session} />}
            </a>
          ))}
        </nav>
      </div>
      <p>{leads[screen]}</p>
    </header>
  );
}

/** What one would otherwise not see from another screen. */
function RunTag({ session }: { session: Session }) {
  const state = useSlice(session, (view) => view.state);
  const failed = useSlice(session, (view) => view.error !== null);
  if (failed || state === 'failed') return <span class="tag wrong">failed</span>;
  return state === 'running' ? <span class="tag">running</span> : null;
}
