/**
 * Opens one GGUF file as a checkpoint: a Llama or Qwen2 decoder with its tokenizer, everything under the names and in
 * the forms of Hugging Face's. It reads the header only; the numbers come by `read`.
 */
import type { Checkpoint } from '../checkpoint';
import { toFloat32 } from '../dtype';
import { modulePath } from '../names';
import { readBytes } from '../read-whole';
import { missingFile } from '../refusals';
import type { Source } from '../source';
import { type Architecture, readArchitecture } from './architecture';
import { configOf } from './config';
import { isPacked } from './dequantise';
import { Metadata } from './metadata';
import { readHeader } from './header';
import type { GgufTensor } from './parse';
import { checkUnit, dtypeOf, readTensors } from './read';
import { corrupt } from './refuse';
import { placeTensors } from './tensors';
import { tokenizerOf } from './tokenizer';

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
    tensors: new Map(tensors.map(({ canonical, type, shape }) => [canonical, { dtype: dtypeOf(type), shape, file, stored: modulePath(canonical, architecture.name) }])),
    read: (reading) => readTensors({ source, file, fileBytes, tensors }, reading),
  };
}

/** The numbers of `rope_freqs.weight`, the one tensor that is part of the configuration. */
async function ropeFactors(source: Source, file: string, tensors: readonly GgufTensor[], { headDim }: Architecture): Promise<Float32Array | undefined> {
  const tensor = tensors.find(({ name }) => name === 'rope_freqs.weight');
  if (tensor === undefined) return undefined;
  const { type, shape, begin, end } = tensor;
  if (shape.length !== 1 || shape[0] !== headDim / 2 || isPacked(type)) {
    throw corrupt(file, `tensor "rope_freqs.weight" is ${type} [${shape.join(', ')}], where F32 [${headDim / 2}] was expected: a factor for each frequency of a head.`);
  }
  return toFloat32(type, await readBytes(source, file, begin, end));
}
