/** The screen of the run. */
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
import { useTurns } from './turns';

/** What lies below the first screenful is drawn in a second task, and what is folded away in a third. */
export function RunScreen({ session }: { session: Session }) {
  const error = useSlice(session, (view) => view.error);
  const turn = useTurns(2);
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
          <SettingsForm session={session} whole={turn === 2} />
        </aside>
        <div class="page-results">
          {turn > 0 && <Learning session={session} />}
          {turn > 0 && <Assessments session={session} />}
          {turn > 0 && <Health session={session} />}
        </div>
      </main>
      {turn > 0 && <About />}
    </>
  );
}
