/** Which experiment, with which preset and how many seeds; the buttons that begin and end it, and how far it is. */
import { experimentOf, experiments, type ExperimentName } from '../../../experiments/catalogue';
import { presets, type PresetName } from '../../../presets';
import type { ExperimentsPage } from '../../experiments/open';
import { missingText } from '../../experiments/words';
import { Press } from '../models/Press';
import { Course } from './Course';

const seedChoices = [1, 2, 3, 5, 10] as const;

export function Choose({ page }: { page: ExperimentsPage }) {
  const { session, faults } = page;
  const { question, claim } = experimentOf(session.experiment.value);
  const running = session.running.value;
  const waiting = session.pending.value !== null;
  const hindrance = session.hindrance.value;
  const made = session.made.value;
  return (
    <section class="choose" aria-labelledby="choose-title">
      <div class="choose-text">
        <h2 id="choose-title">What is asked</h2>
        <Selection page={page} />
        <p class="question">{question} <span class="aside">{claim === null ? 'The paper claims nothing here.' : `The paper: ${claim}`}</span></p>
        <div class="before">
          <p>{hindrance === null && missingText(made, session.secondsOfOne(session.preset.value))}</p>
          <p class="hindrance" role="status">{hindrance}</p>
        </div>
        <div class="buttons">
          <Press kind="primary" can={!running && !waiting && hindrance === null && made.made < made.runs} onPress={() => void faults.attempt(() => session.start())}>Start</Press>
          <Press can={running && !waiting} onPress={() => void faults.attempt(() => session.stop())}>Stop</Press>
        </div>
      </div>
      <Course page={page} />
    </section>
  );
}

function Selection({ page: { session } }: { page: ExperimentsPage }) {
  const running = session.running.value;
  return (
    <form class="selection" onSubmit={(event) => event.preventDefault()}>
      <p>
        <label for="experiment">Experiment</label>
        <select id="experiment" value={session.experiment.value} onChange={({ currentTarget }) => session.choose(currentTarget.value as ExperimentName)}>
          {experiments.map(({ name, title }) => <option key={name} value={name}>{title}</option>)}
        </select>
      </p>
      <p>
        <label for="experiment-preset">Preset</label>
        <select id="experiment-preset" value={session.preset.value} disabled={running} onChange={({ currentTarget }) => { session.preset.value = currentTarget.value as PresetName; }}>
          {Object.entries(presets).map(([name, { label }]) => <option key={name} value={name}>{label}</option>)}
        </select>
      </p>
      <p>
        <label for="experiment-seeds">Seeds</label>
        <select id="experiment-seeds" value={String(session.seeds.value)} disabled={running} onChange={({ currentTarget }) => { session.seeds.value = Number(currentTarget.value); }}>
          {[...new Set([...seedChoices, session.seeds.value])].sort((a, b) => a - b).map((count) => <option key={count} value={String(count)}>{count}</option>)}
        </select>
      </p>
    </form>
  );
}
