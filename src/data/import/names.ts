/** What the name of a file lets one expect. The bytes have the last word wherever they are looked at (`format.ts`, `picture-check.ts`). */

export type NamedKind = 'picture' | 'json' | 'jsonl' | 'csv' | 'parquet';

const endings: Record<string, NamedKind> = {
  jpg: 'picture', jpeg: 'picture', png: 'picture', webp: 'picture', gif: 'picture', avif: 'picture', bmp: 'picture',
  json: 'json', jsonl: 'jsonl', ndjson: 'jsonl', csv: 'csv', tsv: 'csv', parquet: 'parquet',
};

export function kindByName(name: string): NamedKind | undefined {
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase();
  return ending === undefined ? undefined : endings[ending];
}
