/**
 * Whether stored files can be a model: the configuration is JSON, every weights file has a header that fits its length.
 * Nothing is built, and no numbers are read.
 */
import { ComdError } from '../../errors';
import { headerEnd, parseHeader } from '../safetensors';
import { mismatch } from './failures';

const again = 'Fetch or export the file again; the copy is incomplete or mixed up with another.';
/** The first four bytes of every GGUF file. */
const ggufMagic = 'GGUF';

/**
 * The family of a model: `model_type` of its `config.json`, `adapter` for a PEFT adapter, `gguf` for a GGUF file.
 * Throws `checkpoint/missing-file`, `checkpoint/corrupt`, `checkpoint/unsupported`.
 */
export async function checkStructure(name: string, files: ReadonlyMap<string, File>): Promise<string> {
  for (const [file, stored] of files) {
    if (file.endsWith('.safetensors')) await checkShard(file, stored);
    if (file.endsWith('.gguf')) await checkGguf(file, stored);
  }
  const config = files.get('config.json');
  if (config !== undefined) return modelType(await object('config.json', config));
  const adapter = files.get('adapter_config.json');
  if (adapter !== undefined) {
    await object('adapter_config.json', adapter);
    return 'adapter';
  }
  if ([...files.keys()].some((file) => file.endsWith('.gguf'))) return 'gguf';
  throw new ComdError('checkpoint/missing-file', `"${name}" has no config.json.`, 'Check the address of the checkpoint folder and that all its files were copied.');
}

async function checkShard(file: string, stored: Blob): Promise<void> {
  const end = headerEnd(file, await bytesOf(stored.slice(0, 8)), stored.size);
  const { fileBytes } = parseHeader(file, await bytesOf(stored.slice(0, end)));
  if (fileBytes !== stored.size) throw mismatch(file, `${fileBytes} bytes by its header`, `${stored.size}`, again);
}

async function checkGguf(file: string, stored: Blob): Promise<void> {
  const magic = await stored.slice(0, ggufMagic.length).text();
  if (magic !== ggufMagic) throw mismatch(file, `"${ggufMagic}" at its beginning`, JSON.stringify(magic), again);
}

async function object(file: string, stored: Blob): Promise<object> {
  const json = parsed(await stored.text());
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw mismatch(file, 'a JSON object', json === undefined ? 'what is not JSON' : 'another JSON value', again);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function modelType(config: object): string {
  const type = (config as { model_type?: unknown }).model_type;
  return typeof type === 'string' ? type : 'unknown';
}

async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await blob.arrayBuffer());
}
