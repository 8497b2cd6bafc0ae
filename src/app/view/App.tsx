/** The page from top to bottom: the masthead with its navigation, and the screen that the address names. */
import type { Signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { screenTitles, type LateScreenName, type Screen } from '../screens';
import type { Session } from '../session';
import { LateScreen } from './LateScreen';
import { Masthead } from './Masthead';
import { RunScreen } from './RunScreen';

interface Props {
  session: Session;
  screen: Signal<Screen>;
  /** The address of a screen, the drafted settings in it. */
  href(screen: Screen): string;
  onGo(screen: Screen): void;
  load(name: LateScreenName): Promise<ComponentType>;
}

export function App({ session, screen, href, onGo, load }: Props) {
  const shown = screen.value;
  return (
    <>
      <a class="skip" href={`#${shown}`}>Skip to the {screenTitles[shown].toLowerCase()}</a>
      <Masthead session={session} screen={shown} href={href} onGo={onGo} />
      {shown === 'run' ? <RunScreen session={session} /> : <LateScreen key={shown} name={shown} load={load} />}
    </>
  );
}
