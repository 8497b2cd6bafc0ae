/** How far a copy is, how fast it goes and how long it will take; each file by itself folded away. */
import { bytes, duration } from '../../format';
import type { Transfer } from '../../models/transfer';
import { Shards } from '../Shards';

export function TransferView({ label, transfer }: { label: string; transfer: Transfer }) {
  const { files, done, of, rate, secondsLeft } = transfer;
  const known = of > 0;
  return (
    <div class="transfer">
      <div class="phase-line"><span role="status">{label}</span> <span class="number">{known ? `${bytes(done)} of ${bytes(of)}` : done > 0 && bytes(done)}</span></div>
      <progress aria-label={label} max={known ? of : 1} {...(known ? { value: done } : {})} />
      <dl class="readings">
        <div><dt>Rate</dt><dd>{rate === null ? '–' : `${bytes(rate)}/s`}</dd></div>
        <div><dt>Time left</dt><dd>{duration(secondsLeft)}</dd></div>
        <div><dt>Files done</dt><dd>{files.filter(({ loaded, total }) => loaded === total).length}</dd></div>
      </dl>
      <Shards owner={label} shards={files} />
    </div>
  );
}
