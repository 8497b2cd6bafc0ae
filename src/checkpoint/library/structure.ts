/**
 * Whether stored files can be a model: the configuration is JSON, every weights file has a header that fits its length.
 * Nothing is built, and no numbers are read.
 */
import { configFile as adapterConfig } from '../adapter/config';
import { filesSource } from '../files-source';
import { readHeader as readGgufHeader } from '../gguf/header';
import { readHeader } from '../headers';
import { configFile } from '../layout';
import { readJson } from '../read-whole';
import { missingFile } from '../refusals';
import type { Source } from '../source';
import { mismatch } from './failures';

/**
 * The family of a model: `model_type` of its `config.json`, `adapter` for a PEFT adapter, `gguf` for a GGUF file.
 * Throws `checkpoint/missing-file`, `checkpoint/corrupt`, `checkpoint/unsupported`.
 */
export async function checkStructure(name: string, files: ReadonlyMap<string, File>): Promise<string> {
  const source = filesSource(name, files);
  for (const [file, { size }] of files) {
    if (file.endsWith('.safetensors')) await readHeader(source, file);
    if (isGguf(file)) await readGgufHeader(source, file, size);
  }
  const config = await readObject(source, configFile);
  if (config !== undefined) return modelType(config);
  if (await readObject(source, adapterConfig) !== undefined) return 'adapter';
  if ([...files.keys()].some(isGguf)) return 'gguf';
  throw missingFile(`${configFile} of "${name}"`);
}

const isGguf = (file: string): boolean => file.toLowerCase().endsWith('.gguf');

async function readObject(source: Source, file: string): Promise<object | undefined> {
  const json = await readJson(source, file);
  if (json === undefined || (typeof json === 'object' && json !== null && !Array.isArray(json))) return json;
  throw mismatch(file, 'a JSON object', Array.isArray(json) ? 'a list' : String(json).slice(0, 40), 'Fetch or export the file again; the copy is mixed up with another.');
}

function modelType(config: object): string {
  const type = (config as { model_type?: unknown }).model_type;
  return typeof type === 'string' ? type : 'unknown';
}
