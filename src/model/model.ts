/**
 * A model in memory: configuration, tokenizer and weights on the device; how it comes from a checkpoint and goes back
 * into one. It may be a whole one that sees and speaks, a bare decoder or a bare vision tower. The forward pass is in
 * the files of its parts.
 */
import type { Checkpoint } from '../checkpoint/checkpoint';
import { type NamedTensor, writeCheckpoint } from '../checkpoint/write';
import { toFloat32 } from '../checkpoint/dtype';
import { ComdError } from '../errors';
import { fill, type Filling } from '../ops/filling/filling';
import { giveBack } from '../ops/webgpu-pass';
import type { Scheme } from '../settings';
import { loadTokenizer, type Tokenizer } from '../text/tokenizer';
import { type ModelConfig, outputHeadName, parseConfig } from './config/config';
import type { DecoderConfig } from './config/decoder';
import { checkTensors, expectedTensors, isLinear, isPackable, type Shape } from './tensors';
import { Weights } from './weights';

export interface Model {
  name: string;
  config: ModelConfig;
  /** Null for a bare tower. */
  tokenizer: Tokenizer | null;
  /** What it was loaded from: its JSON files as they were, and the tensors that the model does not compute with. */
  checkpoint: Checkpoint;
  weights: Weights;
  /** How its frozen matrices are kept. */
  scheme: Scheme;
  parameters: number;
}

/** A model with a decoder. */
export interface SpeakingModel extends Model {
  config: ModelConfig & { decoder: DecoderConfig };
  tokenizer: Tokenizer;
}

export interface LoadWishes {
  scheme: Scheme;
  onShard(file: string, loaded: number, total: number): void;
  signal?: AbortSignal;
}

/**
 * Checks the checkpoint against its configuration and brings its weights onto the device, slice by slice.
 * Throws `checkpoint/*`, `device/limit`; nothing stays on the device then.
 */
export async function loadModel(checkpoint: Checkpoint, { scheme, onShard, signal }: LoadWishes): Promise<Model> {
  const config = parseConfig(checkpoint.config, checkpoint.tensors);
  checkTensors(config, checkpoint.tensors, checkpoint.place);
  const tokenizer = config.decoder === null ? null
    : loadTokenizer(checkpoint.tokenizer, checkpoint.tokenizerConfig, checkpoint.config, checkpoint.generation);
  const weights = await readWeights(checkpoint, expectedTensors(config, checkpoint.tensors), { scheme, onShard, signal });
  const parameters = [...checkpoint.tensors.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return { name: checkpoint.name, config, tokenizer, checkpoint, weights, scheme, parameters };
}

/** The model as one that speaks. Throws `checkpoint/unsupported` for a bare vision tower. */
export function speaking(model: Model): SpeakingModel {
  const { config, tokenizer } = model;
  if (config.decoder !== null && tokenizer !== null) return model as SpeakingModel;
  throw new ComdError('checkpoint/unsupported', `"${model.name}" (${config.family}) is a vision tower alone: it has no decoder to answer with.`,
    'Compose it with a decoder first, or choose a whole model.');
}

/** The model as a Hugging Face checkpoint in 32 bits: file name to bytes. Throws `checkpoint/unsupported` on packed weights. */
export async function exportModel({ name, config, checkpoint, weights, scheme }: Model): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  if (scheme !== 'f32') {
    throw new ComdError('checkpoint/unsupported', `"${name}" is kept as ${scheme} and cannot be written out whole without loss.`,
      'Save its adapter, or load it with weights in f32.');
  }
  const unused = await readUnused(checkpoint, weights);
  const tensors: NamedTensor[] = [];
  for (const [tensor, { stored, shape }] of checkpoint.tensors) {
    // A tied head that a file holds beside the embedding would be that of before the training.
    if (config.decoder?.tied && tensor === outputHeadName) continue;
    tensors.push({ name: stored, shape: [...shape], data: unused.get(tensor) ?? await weights.stored(tensor) });
  }
  return await writeCheckpoint(checkpoint, tensors, 'F32');
}

async function readWeights(checkpoint: Checkpoint, needed: ReadonlyMap<string, Shape>, { scheme, onShard, signal }: LoadWishes): Promise<Weights> {
  const weights = new Weights();
  let open: { name: string; filling: Filling; left: number } | undefined;
  try {
    await checkpoint.read({
      wanted: (name) => needed.has(name), onShard, signal,
      async onSlice({ name, dtype, shape, first, bytes }) {
        if (first === 0) {
          const filling = fill(dtype, shape, isLinear(name) ? 'transposed' : 'stored', isPackable(name) ? scheme : 'f32');
          open = { name, filling, left: sizeOf(shape) * bytesPerNumber[dtype] };
        }
        if (open?.name !== name) throw new Error(`The slices of ${name} do not follow each other.`);
        await open.filling.write(bytes, first);
        open.left -= bytes.length;
        if (open.left > 0) return;
        weights.set(name, open.filling.finish());
        open = undefined;
      },
    });
    joinLayers(weights);
    giveBack();
    return weights;
  } catch (error) {
    open?.filling.dispose();
    weights.dispose();
    throw error;
  }
}

/** Lays what reads the same input side by side: queries, keys and values of every layer; gate and up of the decoder's. */
function joinLayers(weights: Weights): void {
  for (const name of weights.names().filter((held) => held.endsWith('.self_attn.q_proj.weight'))) {
    const layer = name.slice(0, -'.self_attn.q_proj.weight'.length);
    weights.join(`${layer}.self_attn.qkv_proj`, ['q', 'k', 'v'].map((kind) => `${layer}.self_attn.${kind}_proj`));
    if (weights.has(`${layer}.mlp.gate_proj.weight`)) weights.join(`${layer}.mlp.gate_up_proj`, ['gate', 'up'].map((kind) => `${layer}.mlp.${kind}_proj`));
  }
}

/** What the checkpoint holds and the model does not: layers above the one whose features are read, for example. */
async function readUnused(checkpoint: Checkpoint, weights: Weights): Promise<Map<string, Float32Array>> {
  const unused = new Map<string, Float32Array>();
  await checkpoint.read({
    wanted: (name) => !weights.has(name), onShard: () => undefined,
    onSlice({ name, dtype, shape, first, bytes }) {
      const data = unused.get(name) ?? new Float32Array(sizeOf(shape));
      data.set(toFloat32(dtype, bytes), first);
      unused.set(name, data);
    },
  });
  return unused;
}

const bytesPerNumber = { F32: 4, F16: 2, BF16: 2 } as const;

function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}
