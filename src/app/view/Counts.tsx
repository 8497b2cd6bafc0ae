/** How many records an iteration assessed, found difficult, wrote, kept and dropped. */
import type { IterationReport } from '../../comd/report';
import { count, percent } from '../format';
import type { Assessment } from '../state';

export function Counts({ assessment, report }: { assessment: Assessment | undefined; report: IterationReport | undefined }) {
  const final = report !== undefined && report.assessed > 0 ? report : null;
  const [difficult, easy] = [final?.difficult ?? assessment?.difficult ?? 0, final?.easy ?? assessment?.easy ?? 0];
  const assessed = final?.assessed ?? difficult + easy;
  const dropped = Object.entries(final?.dropped ?? {}).sort(([, a], [, b]) => b - a);
  return (
    <div class="counts">
      <dl class="ledger">
        <Row name="Assessed" value={count(assessed)} />
        <Row name="Difficult" value={count(difficult)} note={difficult + easy > 0 ? percent(difficult / (difficult + easy)) : ''} />
        <Row name="Easy" value={count(easy)} />
        <Row name="Unparsable" value={final === null ? '–' : count(final.unparsable)} />
        {final !== null && final.unverifiable > 0 && <Row name="Truth not known" value={count(final.unverifiable)} />}
        <Row name="Instructions written" value={final === null ? '–' : count(final.generated)} />
        <Row name="Kept" value={final === null ? '–' : count(final.kept)} note={final !== null && final.generated > 0 ? percent(final.kept / final.generated) : ''} />
        {dropped.map(([reason, number]) => <Row key={reason} name={`Dropped: ${reason}`} value={count(number)} />)}
      </dl>
    </div>
  );
}

function Row({ name, value, note = '' }: { name: string; value: string; note?: string }) {
  return <div><dt>{name}</dt><dd>{note !== '' && <span class="note">{note}</span>} {value}</dd></div>;
}
