/** Pictures that lie in a column of Parquet: as bytes, as the hub's struct of bytes and path, or as a name alone. */
import type { RowPlace } from './row';

type Bytes = Uint8Array<ArrayBuffer>;

export interface Embedded {
  /** Name of the picture. One whose bytes are there is named by file and row, since rows of the hub's data sets share paths. */
  name?: string;
  bytes?: Bytes;
  /** Why the column holds none. */
  reason?: string;
}

/** The picture of one row; a row without one has an empty name. */
export function embeddedPicture({ file, row }: RowPlace, value: unknown): Embedded {
  if (Array.isArray(value)) {
    if (value.length > 1) return { reason: `holds ${value.length} pictures; a row has one` };
    return embeddedPicture({ file, row }, value[0]);
  }
  if (value == null) return { name: '' };
  if (typeof value === 'string') return { name: value };
  if (value instanceof Uint8Array) return value.length === 0 ? { reason: 'is a picture of 0 bytes' } : { name: `${file}#${row}`, bytes: value as Bytes };
  if (typeof value !== 'object' || !('bytes' in value || 'path' in value)) return { reason: 'is neither a picture nor the name of one' };
  const { bytes, path } = value as { bytes?: unknown; path?: unknown };
  return embeddedPicture({ file, row }, bytes ?? path);
}
