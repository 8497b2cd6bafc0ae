/** What the page loads when the speed screen is opened for the first time. The one place where it meets the navigator. */
import { computed } from '@preact/signals';
import type { ComponentType } from 'preact';
import { connectSpeed } from '../connect-speed';
import { Faults } from '../models/faults';
import type { Session } from '../session';
import { SpeedScreen } from '../view/speed/SpeedScreen';
import '../view/speed/speed.css';
import { reportText } from './report';
import { SpeedSession, type Measuring } from './speed-session';
import { hindranceOf } from './words';

/** What every part of the screen may need. */
export interface SpeedPage {
  speed: SpeedSession;
  faults: Faults;
  /** Logical ones; what measures on WASM takes as many as it can use. */
  processors: number;
  /** What was measured so far, as JSON. */
  report(): string;
}

/** Asks what there is to measure on, and gives the screen. What was measured stays while other screens are shown. */
export function openSpeed(session: Session, start: () => Measuring = connectSpeed): ComponentType {
  const hindrance = computed(() => hindranceOf(session.view.value.state, session.pending.value, session.experimenting.value));
  const speed = new SpeedSession(start, hindrance, session.steps);
  const processors = navigator.hardwareConcurrency;
  const page: SpeedPage = {
    speed, processors, faults: new Faults(),
    report: () => reportText({ browser: navigator.userAgent, processors: `${processors} logical`, adapter: speed.adapter.value ?? null }, speed.entries.value),
  };
  void page.faults.attempt(() => speed.look());
  return () => <SpeedScreen page={page} />;
}
