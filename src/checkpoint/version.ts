/**
 * What a server's answer says about which version of a file it is. Much of it may be hidden: another site's scripts
 * see neither ETag nor Content-Range unless the server exposes them.
 */
import { toSha256 } from './hub';

export interface Version {
  etag?: string;
  /** `Last-Modified` */
  modified?: string;
  /** Length of the whole file in bytes. */
  total?: number;
  /** What `If-Range` may be given: a strong ETag, else the date. */
  strong?: string;
  /** Where the hub links to storage, the hash that it knows. */
  sha256?: string;
  /** Of a partial answer, the bytes that it holds. */
  part?: { begin: number; end: number };
}

export function versionOf({ status, headers }: Response): Version {
  const etag = headers.get('etag') ?? undefined;
  const modified = headers.get('last-modified') ?? undefined;
  // Lengths and places in a compressed body say nothing of the file.
  const plain = !headers.has('content-encoding');
  const [, first, last, of] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(plain ? headers.get('content-range') ?? '' : '') ?? [];
  const ranged = of === undefined || of === '*' ? undefined : Number(of);
  const length = status === 200 && plain ? headers.get('content-length') : null;
  return {
    etag,
    modified,
    total: ranged ?? (length === null ? undefined : Number(length)),
    strong: etag === undefined || etag.startsWith('W/') ? modified : etag,
    sha256: toSha256(headers.get('x-linked-etag')),
    part: first === undefined ? undefined : { begin: Number(first), end: Number(last) + 1 },
  };
}

/** Whether two answers can be of one version, by the best that both of them tell. */
export function sameVersion(a: Version, b: Version): boolean {
  if (a.total !== undefined && b.total !== undefined && a.total !== b.total) return false;
  if (a.etag !== undefined && b.etag !== undefined) return bare(a.etag) === bare(b.etag);
  return a.modified === undefined || b.modified === undefined || a.modified === b.modified;
}

export function versionWords({ etag, modified, total }: Version): string {
  const tag = etag !== undefined ? `ETag ${etag}` : modified !== undefined ? `of ${modified}` : 'without ETag';
  return total === undefined ? tag : `${tag} with ${total} bytes`;
}

/** One file may have a strong tag whole and a weak one in parts. */
const bare = (etag: string): string => etag.replace(/^W\//, '');
