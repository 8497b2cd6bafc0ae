/** One row a case, grouped by work. All rows are there from the start, so that nothing moves when one is filled. */
import type { SpeedCase, SpeedRow } from '../../../../workers/protocol';
import { percent } from '../../format';
import type { SpeedPage } from '../../speed/open';
import type { Entry } from '../../speed/speed-session';
import { backendWords, figure, implementationWords, isRow, taskWords } from '../../speed/words';

const columns: readonly [heading: string, cell: (row: SpeedRow) => string][] = [
  ['Tokens/s', ({ tokensPerSecond }) => figure(tokensPerSecond)],
  ['GFLOP/s', ({ gflops }) => figure(gflops)],
  ['Share', ({ gflops, matmulPeakGflops }) => percent(gflops / matmulPeakGflops)],
  ['Dispatches', ({ dispatchesPerStep }) => counted(dispatchesPerStep)],
  ['Submits', ({ submitsPerStep }) => counted(submitsPerStep)],
  ['Readbacks', ({ readbacksPerStep }) => counted(readbacksPerStep)],
  ['MB', ({ peakDeviceBytes }) => figure(peakDeviceBytes / 1e6)],
];
const tasks = ['train', 'decode'] as const satisfies readonly SpeedCase['task'][];

export function SpeedTable({ page: { speed } }: { page: SpeedPage }) {
  const entries = speed.entries.value;
  const measured = entries[speed.present.value?.place ?? -1];
  return (
    <div class="scroller" role="region" aria-label="Table of what was measured" tabIndex={0}>
      <table class="speed-table">
        <caption class="hidden">Time and rate of every work, by backend and implementation</caption>
        <thead>
          <tr>
            <th scope="col">Measured</th><th scope="col">ms, low–high</th>
            {columns.map(([heading]) => <th key={heading} scope="col">{heading}</th>)}
          </tr>
        </thead>
        {tasks.map((task) => (
          <tbody key={task}>
            <tr class="work"><th scope="rowgroup" colSpan={columns.length + 2}><span>{taskWords[task]}</span></th></tr>
            {entries.filter(({ of }) => of.task === task).map((entry) => (
              <tr key={`${entry.of.backend} ${entry.of.implementation}`}>
                <th scope="row"><span class="backend">{backendWords[entry.of.backend]}</span> {implementationWords[entry.of.implementation]}</th>
                <Cells entry={entry} waiting={entry === measured ? 'Being measured' : speed.state.value === 'running' ? 'Waiting' : 'Not measured'} />
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Cells({ entry: { outcome }, waiting }: { entry: Entry; waiting: string }) {
  if (outcome === null) return <td class="words" colSpan={columns.length + 1}><span>{waiting}</span></td>;
  if (!isRow(outcome)) return <td class="words wrong" colSpan={columns.length + 1}><span>Failed: {outcome.reason}</span></td>;
  return (
    <>
      <td><strong>{figure(outcome.msPerStep)}</strong> <span class="spread">{figure(outcome.msLow)}–{figure(outcome.msHigh)}</span></td>
      {columns.map(([heading, cell]) => <td key={heading}>{cell(outcome)}</td>)}
    </>
  );
}

function counted(number: number | null): string {
  return number === null ? '–' : number.toLocaleString('en-GB');
}
