/** The loss of every step over the whole run, with the table of its stages behind it. */
import { stageLosses } from '../stage-losses';
import type { Session } from '../session';
import { Figure } from './Figure';
import { LossPlot } from './LossPlot';
import { useSlice } from './slice';

export function LossChart({ session }: { session: Session }) {
  const losses = useSlice(session, (view) => view.losses);
  const stages = stageLosses(losses);
  return (
    <div class="wide">
      <Figure title="Loss" caption="by training step: each step faint, its running mean strong." empty={losses.length === 0 ? 'The curve begins with the first step of stage 1.' : null}>
        <LossPlot losses={losses} />
      </Figure>
      <details class="behind">
        <summary>Loss as a table</summary>
        <table>
          <caption>Loss by stage</caption>
          <thead><tr><th scope="col">Stage</th><th scope="col">Steps</th><th scope="col">First step</th><th scope="col">Last tenth, mean</th></tr></thead>
          <tbody>
            {stages.map((stage) => (
              <tr key={stage.label}><th scope="row">{stage.label}</th><td>{stage.values.length}</td><td>{stage.first.toFixed(3)}</td><td>{stage.last.toFixed(3)}</td></tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}
