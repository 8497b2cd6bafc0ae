/** How files would be taken: what they are, and their first rows with their pictures. It stores nothing. */
import type { DataPreview } from '../../../workers/data-protocol';
import { describeGiven, formatOf } from '../../data/import/format';
import { checkPicture } from '../../data/import/picture-check';
import { pictureFinder, type PictureFinder } from '../../data/import/pictures';
import { readRows } from '../../data/import/read';
import type { ImportedRow, NamedFile, RowFault } from '../../data/import/row';
import type { Encoding } from '../../data/import/text';

/** So many rows and refusals are shown, of so many that are looked at. */
const [mostRows, mostFaults, mostLooked] = [12, 5, 200];

/** @param files as `openZips` gives them. Throws `data/unreadable`. */
export async function previewOf(files: readonly NamedFile[], encoding: Encoding): Promise<DataPreview> {
  const finder = pictureFinder(files);
  const preview: DataPreview = {
    format: describeGiven(await formatOf(files, encoding)), bytes: files.reduce((sum, { size }) => sum + size, 0), rows: [], faults: [], looked: 0, whole: true,
  };
  for await (const imported of readRows(files, encoding)) {
    if (preview.looked === mostLooked || preview.rows.length === mostRows) {
      preview.whole = false;
      break;
    }
    preview.looked++;
    const shown = imported.row === undefined ? imported : await withPicture(imported.row, finder);
    if (shown.fault === undefined) preview.rows.push(shown);
    else if (preview.faults.length < mostFaults) preview.faults.push(shown.fault);
  }
  return preview;
}

type Shown = (DataPreview['rows'][number] & { fault?: undefined }) | { fault: RowFault };

async function withPicture({ picture, ...row }: ImportedRow, finder: PictureFinder): Promise<Shown> {
  if (row.image === '' && picture === undefined && row.caption === null && row.exchanges.length > 0) return { row, picture: null };
  const { file, fault } = finder.find({ ...row, picture });
  if (fault !== undefined) return { fault };
  const { header, reason } = await checkPicture(file);
  if (reason !== undefined) return { fault: { file: row.file, row: row.row, field: 'image', reason } };
  return { row, picture: new Blob([await file.slice(0, file.size)], { type: header.type }) };
}
