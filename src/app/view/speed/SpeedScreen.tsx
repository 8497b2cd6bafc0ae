/** The screen that measures this device: what is measured, the button, and the table. */
import type { SpeedPage } from '../../speed/open';
import { Banner } from '../Banner';
import { Measure } from './Measure';
import { Results } from './Results';

export function SpeedScreen({ page }: { page: SpeedPage }) {
  return (
    <>
      <main class="notebook speed-screen" id="speed" tabIndex={-1}>
        <Measure page={page} />
        {page.speed.entries.value.length > 0 && <Results page={page} />}
      </main>
      <Banner error={page.faults.error.value} onDismiss={() => page.faults.dismiss()} />
    </>
  );
}
