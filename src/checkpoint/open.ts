/**
 * Opens a checkpoint in Hugging Face's layout: its JSON files and the headers of its weights, and a way to read those
 * slice by slice. It keeps nothing on disk and builds no model.
 */
import { ComdError } from '../errors';
import type { Checkpoint } from './checkpoint';
import { readHeaders } from './headers';
import { httpSource } from './http-source';
import { checksumsFile, configFile, indexFile, parseChecksums, parseIndex } from './layout';
import { readShards } from './read-shards';
import { readJson } from './read-whole';
import { missingFile } from './refusals';
import type { Source } from './source';

/**
 * Opens what a source holds, or the folder at an address: configuration, tokenizer, and the header of every shard.
 * Throws `checkpoint/*`.
 */
export async function openCheckpoint(from: Source | string, fetcher: typeof fetch = fetch): Promise<Checkpoint> {
  const source = typeof from === 'string' ? httpSource(from, fetcher) : from;
  // Alone and first: by it a hub's address is told from a plain folder's.
  const config = await readJson(source, configFile);
  if (config === undefined) throw await noConfiguration(source);
  const [tokenizer, tokenizerConfig, preprocessor, processor, generation, index, checksums] = await Promise.all([
    readJson(source, 'tokenizer.json'),
    readJson(source, 'tokenizer_config.json'),
    readJson(source, 'preprocessor_config.json'),
    readJson(source, 'processor_config.json'),
    readJson(source, 'generation_config.json'),
    readJson(source, indexFile),
    readJson(source, checksumsFile),
  ]);
  const weightMap = index === undefined ? undefined : parseIndex(indexFile, index);
  const sums = checksums === undefined ? {} : parseChecksums(checksumsFile, checksums);
  const { shards, tensors } = await readHeaders(source, weightMap, sums, familyOf(config));
  return {
    name: source.name,
    place: source.place,
    config, tokenizer, processor, generation, tensors,
    tokenizerConfig: await withTemplate(source, tokenizerConfig, processor),
    // transformers 5 writes one file for the whole processor.
    preprocessor: preprocessor ?? field(processor, 'image_processor'),
    read: (reading) => readShards(source, shards, reading),
  };
}

/**
 * Newer releases keep the chat template in a file of its own. Where there are several, transformers takes them in this
 * order for a model that sees.
 */
async function withTemplate(source: Source, tokenizerConfig: unknown, processor: unknown): Promise<unknown> {
  const own = field(processor, 'chat_template')
    ?? await source.text('chat_template.jinja')
    ?? field(await readJson(source, 'chat_template.json'), 'chat_template');
  return own === undefined ? tokenizerConfig ?? {} : { ...(tokenizerConfig as object | undefined), chat_template: own };
}

async function noConfiguration(source: Source): Promise<ComdError> {
  const gguf = (await source.list())?.filter((file) => file.endsWith('.gguf')) ?? [];
  if (gguf.length === 0) return missingFile(`${configFile} in ${source.place}`);
  return new ComdError('checkpoint/missing-file', `${source.place} has no ${configFile}, but ${gguf.join(', ')}.`, 'Give the address of one GGUF file instead of the folder.');
}

function familyOf(config: unknown): string {
  const family = field(config, 'model_type');
  return typeof family === 'string' ? family : '';
}

/** A field of what should be an object; null counts as not there. */
function field(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] ?? undefined : undefined;
}
