/** The refused rows as a table that a spreadsheet opens (CSV, RFC 4180). */
import type { RowFault } from '../../data/import/row';

export function faultsCsv(faults: readonly RowFault[]): string {
  const rows = faults.map(({ file, row, field, reason }) => [file, String(row), field, reason].map(quoted).join(','));
  return ['file,row,field,reason', ...rows, ''].join('\r\n');
}

/** A spreadsheet would run what begins with a sign of a formula. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
