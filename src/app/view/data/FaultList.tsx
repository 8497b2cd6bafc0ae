/** Rows that were refused: where each stands, at which field, and why. */
import type { RowFault } from '../../../data/import/row';

export function FaultList({ title, faults }: { title: string; faults: readonly RowFault[] }) {
  return (
    <div class="faults">
      <h3>{title}</h3>
      <ul>
        {faults.map(({ file, row, field, reason }, i) => (
          <li key={i}>
            <span class="place-of number">{file}, row {row}</span>
            <span>{field !== '' && <strong>{field} </strong>}{reason}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
