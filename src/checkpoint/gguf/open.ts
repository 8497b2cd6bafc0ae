/**
 * Opens one GGUF file as a checkpoint: a Llama or Qwen2 decoder with its tokenizer, everything under the names and in
 * the forms of Hugging Face's. It reads the header only; the numbers come by `read`.
 */
import { ByteStream } from '../byte-stream';
import type { Checkpoint } from '../checkpoint';
import { toFloat32 } from '../dtype';
import { missingFile } from '../refusals';
import type { Source } from '../source';
import { type Architecture, readArchitecture } from './architecture';
import { configOf } from './config';
import { isPacked } from './dequantise';
import { Metadata } from './metadata';
import { type GgufHeader, type GgufTensor, parseGguf } from './parse';
import { checkUnit, dtypeOf, readTensors } from './read';
import { corrupt } from './refuse';
import { placeTensors } from './tensors';
import { tokenizerOf } from './tokenizer';

/** How much of the file is read for its header at first; then twice as much. */
const firstBytes = 2 ** 20;
/** The largest vocabularies take some ten megabytes; beyond this, a header is none. */
const longestHeader = 128 * 2 ** 20;

/**
 * Opens the file that `source.gguf` names.
 * Throws `checkpoint/missing-file`, `checkpoint/corrupt`, `checkpoint/shape`, `checkpoint/unsupported`.
 */
export async function openGguf(source: Source): Promise<Checkpoint> {
  const file = source.gguf ?? '';
  const fileBytes = await source.size(file);
  if (fileBytes === undefined) throw missingFile(`${file} in ${source.place}`);
  const header = await readHeader(source, file, fileBytes);
  const metadata = new Metadata(file, header.metadata);
  const architecture = readArchitecture(metadata, header.tensors);
  const tensors = placeTensors(file, header.tensors, architecture);
  for (const tensor of tensors) checkUnit(file, tensor);
  const config = configOf(metadata, architecture, await ropeFactors(source, file, header.tensors, architecture));
  const tokenizer = tokenizerOf(metadata, architecture.vocabulary);
  return {
    name: file.replace(/\.gguf$/i, ''), place: source.place,
    config, tokenizer: tokenizer?.tokenizer, tokenizerConfig: tokenizer?.tokenizerConfig,
    preprocessor: undefined, processor: undefined, generation: undefined,
    tensors: new Map(tensors.map(({ canonical, type, shape, name }) => [canonical, { dtype: dtypeOf(type), shape, file, stored: name }])),
    read: (reading) => readTensors({ source, file, fileBytes, tensors }, reading),
  };
}

async function readHeader(source: Source, file: string, fileBytes: number): Promise<GgufHeader> {
  let bytes = new Uint8Array(0);
  for (let length = firstBytes; ; length *= 2) {
    const end = Math.min(length, fileBytes);
    bytes = await extended(source, file, bytes, end);
    const header = parseGguf(file, bytes, fileBytes);
    if (header !== undefined) return header;
    if (length >= longestHeader) throw corrupt(file, `the header takes more than ${longestHeader} bytes.`);
  }
}

/** `bytes`, which are the file's first ones, and those after them up to `end`. */
async function extended(source: Source, file: string, bytes: Uint8Array, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const longer = new Uint8Array(end);
  longer.set(bytes);
  await fill(source, file, bytes.length, longer.subarray(bytes.length));
  return longer;
}

async function fill(source: Source, file: string, begin: number, target: Uint8Array): Promise<void> {
  const stream = new ByteStream(file, source.bytes(file, begin, begin + target.length), begin, () => undefined);
  try {
    await stream.fill(target);
  } finally {
    await stream.close();
  }
}

/** The numbers of `rope_freqs.weight`, the one tensor that is part of the configuration. */
async function ropeFactors(source: Source, file: string, tensors: readonly GgufTensor[], { headDim }: Architecture): Promise<Float32Array | undefined> {
  const tensor = tensors.find(({ name }) => name === 'rope_freqs.weight');
  if (tensor === undefined) return undefined;
  const { type, shape, begin, end } = tensor;
  if (shape.length !== 1 || shape[0] !== headDim / 2 || isPacked(type)) {
    throw corrupt(file, `tensor "rope_freqs.weight" is ${type} [${shape.join(', ')}], where F32 [${headDim / 2}] was expected: a factor for each frequency of a head.`);
  }
  const bytes = new Uint8Array(end - begin);
  await fill(source, file, begin, bytes);
  return toFloat32(type, bytes);
}
