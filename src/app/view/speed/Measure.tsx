/** What is measured, on what, and the button that begins. */
import type { SpeedPage } from '../../speed/open';
import type { SpeedSession } from '../../speed/speed-session';
import { isRow, progressText, verdict } from '../../speed/words';
import { Press } from '../models/Press';
import { Devices } from './Devices';

export function Measure({ page }: { page: SpeedPage }) {
  const { speed, faults } = page;
  const running = speed.state.value === 'running';
  const hindrance = speed.hindrance.value;
  const entries = speed.entries.value;
  const can = !running && hindrance === null && speed.adapter.value !== undefined;
  return (
    <section class="measure" aria-labelledby="measure-title">
      <div class="measure-text">
        <h2 id="measure-title">What this device can do</h2>
        <p>
          Two things are timed, each as this project does it and as stock TensorFlow.js does it: one training step of a small Llama
          (824,448 parameters, 512 tokens), and one token that the same model decodes. The first steps only warm up; of those that count, the median is shown.
        </p>
        <div class="before">
          {hindrance === null && <p>It takes about a minute, on a slow machine several. Other work on this machine makes the figures worse: close what you can.</p>}
          <p class="hindrance" role="status">{hindrance}</p>
        </div>
        <div class="buttons">
          <Press kind="primary" can={can} onPress={() => void faults.attempt(() => speed.measure())}>How fast is my device?</Press>
          <Press can={running} onPress={() => speed.stop()}>Stop</Press>
        </div>
      </div>
      <Devices page={page} />
      <div class="course">
        <p role="status">{courseText(speed)}</p>
        <progress class={running ? '' : 'unseen'} aria-label="Cases measured" max={Math.max(1, entries.length)} value={entries.filter(({ outcome }) => outcome !== null).length} />
      </div>
    </section>
  );
}

/** Where the round stands, or what came of it, in a sentence. */
function courseText({ state, entries, present }: SpeedSession): string {
  const meaning = verdict(entries.value.flatMap(({ outcome }) => (outcome !== null && isRow(outcome) ? [outcome] : [])));
  switch (state.value) {
    case 'idle': return '';
    case 'running': return present.value === null ? '' : progressText(entries.value, present.value);
    case 'stopped': return `Stopped. ${meaning}`;
    case 'interrupted': return `Stopped, because a distillation or a series of experiments has begun. ${meaning}`;
    case 'finished': return meaning === '' ? 'This project could not be measured here: the table says why.' : meaning;
  }
}
