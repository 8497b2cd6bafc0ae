/**
 * A LLaVA-shaped model in memory: configuration, tokenizer and weights on the device; how it comes from a checkpoint
 * and goes back into one. The forward pass is in the files of its parts.
 */
import type { Checkpoint } from '../checkpoint/open';
import { type CheckpointMeta, type NamedTensor, writeCheckpoint } from '../checkpoint/write';
import { ComdError } from '../errors';
import { loadTokenizer, type Tokenizer } from '../text/tokenizer';
import { type ModelConfig, parseConfig } from './config';
import { checkTensors, expectedTensors, type Shape } from './tensors';
import { Weights } from './weights';

export interface Llava {
  name: string;
  config: ModelConfig;
  tokenizer: Tokenizer;
  /** The checkpoint's JSON files as they were. */
  meta: CheckpointMeta;
  weights: Weights;
  /** Every tensor of the checkpoint, in its order, with its stored shape. */
  shapes: ReadonlyMap<string, Shape>;
  /** Tensors that the model does not compute with, such as layers above the one whose features are read. */
  unused: ReadonlyMap<string, NamedTensor>;
  parameters: number;
}

/**
 * Checks the checkpoint against its configuration and brings its weights onto the device.
 * Throws `checkpoint/unsupported`, `checkpoint/missing-file`, `checkpoint/shape`, `checkpoint/corrupt`.
 */
export async function loadModel(
  checkpoint: Checkpoint, onShard: (file: string, loaded: number, total: number) => void,
): Promise<Llava> {
  const { name, config: json, tokenizer: tokenizerJson, tokenizerConfig, preprocessor } = checkpoint;
  const config = parseConfig(json);
  checkTensors(config, checkpoint.tensors);
  const tokenizer = loadTokenizer(tokenizerJson, tokenizerConfig, json);
  mustFit(tokenizer, config);

  const weights = new Weights();
  const unused = new Map<string, NamedTensor>();
  const needed = expectedTensors(config, checkpoint.tensors);
  await checkpoint.read((tensor, shape, data) => {
    if (needed.has(tensor)) weights.load(tensor, shape, data);
    else unused.set(tensor, { name: tensor, shape, data });
  }, onShard);

  const shapes = new Map([...checkpoint.tensors].map(([tensor, { shape }]) => [tensor, shape]));
  const parameters = [...shapes.values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return { name, config, tokenizer, meta: { config: json, tokenizer: tokenizerJson, tokenizerConfig, preprocessor }, weights, shapes, unused, parameters };
}

/** The model as a Hugging Face checkpoint in 32 bits: file name to bytes. */
export async function exportModel({ meta, weights, shapes, unused }: Llava): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const tensors: NamedTensor[] = [];
  for (const [name, shape] of shapes) {
    tensors.push(unused.get(name) ?? { name, shape: [...shape], data: await weights.stored(name) });
  }
  return await writeCheckpoint(meta, tensors, 'F32');
}

/** The image's placeholder is never looked up, so it alone may lie outside the embedding. */
function mustFit({ vocabulary }: Tokenizer, { decoder, imageToken }: ModelConfig): void {
  const largest = vocabulary - 1 === imageToken ? vocabulary - 2 : vocabulary - 1;
  if (largest < decoder.vocabulary) return;
  throw new ComdError('checkpoint/shape',
    `tokenizer.json has a token with id ${largest}, but config.json gives the decoder ${decoder.vocabulary} embeddings.`,
    'Use the tokenizer that belongs to these weights.');
}
