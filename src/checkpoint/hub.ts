/**
 * Addresses in the layout of the Hugging Face hub, which its mirrors share: what a user may paste, where the files of
 * it lie, and what the hub's tree API says of them. It fetches nothing.
 */
import * as v from 'valibot';

/** A checkpoint's address taken apart. */
export interface Address {
  /** Names the model. */
  name: string;
  /** Folders that may hold the files, the likeliest first. No trailing slash. */
  folders: readonly string[];
  /** The one file that is meant, where the address is that of a GGUF file. */
  gguf?: string;
  /** `?…` of the address, for every file; empty where it has none. */
  query: string;
}

/** What the hub knows of one file. */
export interface HubFile {
  bytes: number;
  /** Of files in large-file storage, as weights are. */
  sha256?: string;
}

const hub = 'https://huggingface.co';
const hubHosts = /^https:\/\/(www\.)?(huggingface\.co|hf\.co)\//;
/** `org/name`, neither a path nor an address. */
const shortName = /^[\w-][\w.-]*\/[\w-][\w.-]*$/;
/** A file of a checkpoint, whose folder is meant. */
const knownFile = /\/[^/]+\.(json|safetensors|bin|jinja|model|md)$/;

/**
 * Takes apart the address of a folder on any host, of a model on a hub (`…/org/name`, its `/tree/REV`, `/resolve/REV` or
 * `/blob/REV`), of a file in either, or a hub's short `org/name`.
 */
export function parseAddress(text: string): Address {
  const { path, query } = split(shortName.test(text) ? `${hub}/${text}` : text);
  const whole = path.replace(/\/(tree|blob)\/(?=[^/])/, '/resolve/');
  const gguf = /\/([^/]+\.gguf)$/i.exec(whole)?.[1];
  const folder = gguf === undefined ? whole.replace(knownFile, '') : whole.slice(0, -gguf.length - 1);
  const resolved = folder.includes('/resolve/') || gguf !== undefined;
  const revision = `${folder}/resolve/main`;
  return {
    name: gguf === undefined ? nameOf(folder) : decoded(gguf).replace(/\.gguf$/i, ''),
    // The hub answers its own pages to other sites' scripts with an error that looks like a broken network.
    folders: resolved ? [folder] : hubHosts.test(folder) ? [revision] : [folder, revision],
    ...(gguf !== undefined && { gguf: decoded(gguf) }),
    query,
  };
}

/** Where the tree API lists a folder's files; undefined for a folder that is not in the hub's layout. */
export function treeAddress(folder: string): string | undefined {
  const match = /^(.*)\/([^/]+\/[^/]+)\/resolve\/(.+)$/.exec(folder);
  return match === null ? undefined : `${match[1]}/api/models/${match[2]}/tree/${match[3]}`;
}

const treeSchema = v.array(v.looseObject({
  type: v.string(),
  path: v.string(),
  size: v.optional(v.number()),
  lfs: v.optional(v.looseObject({ oid: v.string(), size: v.number() })),
}));

/** The files of a folder as the tree API lists them. Throws for what is no such list. */
export function parseTree(json: unknown): Map<string, HubFile> {
  const files = v.parse(treeSchema, json).filter(({ type }) => type === 'file');
  return new Map(files.map(({ path, size, lfs }) => {
    const sha256 = toSha256(lfs?.oid);
    return [path.replace(/^.*\//, ''), { bytes: lfs?.size ?? size ?? 0, ...(sha256 !== undefined && { sha256 }) }];
  }));
}

/** The address of the page after this one, from the `Link` header of a list that has several. */
export function nextPage(link: string | null): string | undefined {
  return /<([^>]*)>\s*;[^,]*\brel="?next\b/.exec(link ?? '')?.[1];
}

/** A hash as the hub writes it, in an `ETag` or an `oid`; undefined for another kind of tag. */
export function toSha256(tag: string | null | undefined): string | undefined {
  return /^"?(?:sha256:)?([0-9a-f]{64})"?$/.exec(tag ?? '')?.[1];
}

function split(address: string): { path: string; query: string } {
  const [, path = '', query = ''] = /^([^?#]*)(\?[^#]*)?/.exec(address) ?? [];
  return { path: path.replace(/\/+$/, ''), query };
}

/** Of `…/name/resolve/REV/sub` the part before `resolve`; else the last one. */
function nameOf(folder: string): string {
  const parts = folder.replace(/\/resolve\/.*$/, '').split('/');
  return decoded(parts.at(-1) ?? folder);
}

/** A percent sign that encodes nothing stands for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
