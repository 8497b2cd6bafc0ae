/** The screen of the run. */
import { useEffect, useState } from 'preact/hooks';
import { nextTask } from '../frames';
import type { Session } from '../session';
import { About } from './About';
import { Assessments } from './Assessments';
import { Banner } from './Banner';
import { ControlBar } from './ControlBar';
import { Cycle } from './Cycle';
import { Health } from './Health';
import { Learning } from './Learning';
import { Models } from './Models';
import { SettingsForm } from './SettingsForm';
import { useSlice } from './slice';

/** What lies below the first screenful is drawn in a second task, so that neither is long. */
export function RunScreen({ session }: { session: Session }) {
  const error = useSlice(session, (view) => view.error);
  const [whole, setWhole] = useState(false);
  useEffect(() => { void nextTask().then(() => setWhole(true)); }, []);
  return (
    <>
      <ControlBar session={session} />
      <Banner error={error} onDismiss={() => session.dismiss()} />
      <main class="notebook" id="run" tabIndex={-1}>
        <div class="page-now">
          <Cycle session={session} />
          <Models session={session} />
        </div>
        <aside class="page-settings" aria-labelledby="settings-title">
          <SettingsForm session={session} />
        </aside>
        <div class="page-results">
          {whole && <Learning session={session} />}
          {whole && <Assessments session={session} />}
          {whole && <Health session={session} />}
        </div>
      </main>
      {whole && <About />}
    </>
  );
}
