/**
 * Which files of a source make up a model, how long each is and how it is known to be the right one. It reads the two
 * small papers that tell (the index, `checksums.json`) and no weights.
 */
import { ComdError } from '../../errors';
import { configFile as adapterConfig } from '../adapter/config';
import { weightsFile as adapterWeights } from '../adapter/tensors';
import { onlyWeights } from '../headers';
import { checksumsFile, configFile, indexFile, parseChecksums, parseIndex } from '../layout';
import { readBytes, readJson } from '../read-whole';
import { missingFile } from '../refusals';
import type { Source } from '../source';
import { mismatch } from './failures';

/** One file that is to be kept. */
export interface PlannedFile {
  file: string;
  bytes: number;
  /** What is another as soon as the file is; undefined where the source cannot tell. */
  validator?: string;
  /** The hashes that it must have, with who says so. */
  hashes: { by: string; sha256: string }[];
}

/** What goes with the weights, where it is there. */
const companions = [
  configFile, 'generation_config.json', 'preprocessor_config.json', 'processor_config.json',
  'tokenizer.json', 'tokenizer_config.json', 'tokenizer.model', 'special_tokens_map.json', 'added_tokens.json', 'vocab.json', 'merges.txt',
  'chat_template.jinja', 'chat_template.json', checksumsFile, adapterConfig,
];

/** The files of a model, the small ones first. Throws `checkpoint/missing-file`, `checkpoint/corrupt`, `checkpoint/unreachable`. */
export async function planOf(source: Source): Promise<PlannedFile[]> {
  const listed = await source.list();
  const gguf = source.gguf ?? onlyGguf(listed);
  if (gguf !== undefined) return [await plan(source, gguf, await requiredSize(source, gguf), {})];
  const found = await sizes(source, companions.filter((file) => listed?.includes(file) ?? true));
  const weights = await weightsOf(source, found);
  for (const file of weights) found.set(file, await requiredSize(source, file));
  const checksums = found.has(checksumsFile) ? parseChecksums(checksumsFile, await requiredJson(source, checksumsFile)) : {};
  return Promise.all([...found].map(([file, bytes]) => plan(source, file, bytes, checksums)));
}

/** A folder that holds one GGUF file and no configuration is that file. */
function onlyGguf(listed: readonly string[] | undefined): string | undefined {
  const files = listed?.filter((file) => file.endsWith('.gguf')) ?? [];
  return files.length === 1 && !listed?.includes(configFile) ? files[0] : undefined;
}

async function sizes(source: Source, files: readonly string[]): Promise<Map<string, number>> {
  const found = await Promise.all(files.map(async (file) => [file, await source.size(file)] as const));
  return new Map(found.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

async function weightsOf(source: Source, found: ReadonlyMap<string, number>): Promise<string[]> {
  if (!found.has(configFile)) {
    if (found.has(adapterConfig)) return [adapterWeights];
    throw await absent(source, configFile);
  }
  if (await source.size(indexFile) === undefined) return [await onlyWeights(source)];
  const shards = Object.values(parseIndex(indexFile, await requiredJson(source, indexFile)));
  return [indexFile, ...new Set(shards)];
}

async function plan(source: Source, file: string, bytes: number, checksums: ReturnType<typeof parseChecksums>): Promise<PlannedFile> {
  const own = await source.sha256(file);
  const validator = await source.validator?.(file) ?? own;
  const written = checksums[file];
  if (written !== undefined && written.bytes !== bytes) {
    throw mismatch(file, `${written.bytes} bytes by ${checksumsFile}`, `${bytes} in ${source.place}`, 'Fetch or export the folder again: its files do not belong together.');
  }
  const hashes = [{ by: source.place, sha256: own }, { by: checksumsFile, sha256: written?.sha256 }];
  return { file, bytes, validator, hashes: hashes.filter((hash): hash is { by: string; sha256: string } => hash.sha256 !== undefined) };
}

async function requiredSize(source: Source, file: string): Promise<number> {
  const bytes = await source.size(file);
  if (bytes === undefined) throw await absent(source, file);
  return bytes;
}

async function requiredJson(source: Source, file: string): Promise<unknown> {
  const json = await readJson(source, file);
  if (json === undefined) throw await absent(source, file);
  return json;
}

/** A file without a length may be there all the same, on a server that does not tell it. */
async function absent(source: Source, file: string): Promise<ComdError> {
  const start = await readBytes(source, file, 0, 1).catch(() => undefined);
  if (start === undefined) return missingFile(`${file} in ${source.place}`);
  return new ComdError(
    'checkpoint/unsupported', `${source.place} has ${file}, but does not tell how long it is, by Content-Length or Content-Range.`,
    'Use the model without keeping it, or download its files and keep their folder from disk.',
  );
}
