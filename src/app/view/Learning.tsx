/** How the student learns: loss by step, accuracy and pools by iteration, and the numbers behind them. */
import type { Session } from '../session';
import { AccuracyChart } from './AccuracyChart';
import { AddRecords } from './AddRecords';
import { IterationTable } from './IterationTable';
import { LossChart } from './LossChart';
import { PoolsChart } from './PoolsChart';
import { TypeTable } from './TypeTable';

export function Learning({ session }: { session: Session }) {
  return (
    <section aria-labelledby="learning-title">
      <h2 id="learning-title">What is learned</h2>
      <div class="figures">
        <LossChart session={session} />
        <AccuracyChart session={session} />
        <PoolsChart session={session} />
      </div>
      <AddRecords session={session} />
      <IterationTable session={session} />
      <TypeTable session={session} />
    </section>
  );
}
