/** How what was given would be taken: its format, its first rows and refusals, and the wishes of the user. */
import type { DataPreview } from '../../../../workers/data-protocol';
import type { DataPage } from '../../data/open';
import { counted } from '../../data/words';
import { FaultList } from './FaultList';
import { PreviewRow } from './PreviewRow';
import { Taking } from './Taking';
import { WishesForm } from './WishesForm';

export function Preview({ page }: { page: DataPage }) {
  const preview = page.data.preview.value;
  if (preview === null) return null;
  // How far it is stands where it is seen.
  const isTaking = page.data.chore.value?.kind === 'take';
  return (
    <section aria-labelledby="preview-title">
      <h2 id="preview-title">Before it is taken in</h2>
      <p class="lead">Recognised as <strong>{preview.format}</strong>. {lookedText(preview)}</p>
      {!isTaking && preview.rows.length > 0 && (
        <ol class="preview-rows" aria-label="First rows">{preview.rows.map(({ row, picture }) => <PreviewRow key={`${row.file}#${row.row}`} row={row} picture={picture} />)}</ol>
      )}
      {!isTaking && preview.faults.length > 0 && <FaultList title="First refusals" faults={preview.faults} />}
      {!isTaking && <WishesForm page={page} />}
      <Taking page={page} />
    </section>
  );
}

function lookedText({ rows, looked, whole }: DataPreview): string {
  if (rows.length === 0) return whole ? `None of its ${counted(looked, 'row')} can be taken.` : `None of its first ${counted(looked, 'row')} can be taken.`;
  return whole ? `It has ${counted(looked, 'row')}.` : `Its first ${counted(looked, 'row')} have been looked at.`;
}
