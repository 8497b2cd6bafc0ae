/**
 * A LoRA adapter in PEFT's format, read and written: `adapter_config.json` and `adapter_model.safetensors`. Layers are
 * named canonically (`names.ts`), whatever release of `transformers` the adapter was trained with. What an adapter
 * computes, and whether it fits a model, is not said here.
 */
import type { LoraOptions } from '../../workers/protocol';
import { ComdError } from '../errors';
import { type AdapterConfig, alphaOf, configFile, parseAdapterConfig, rankOf } from './adapter/config';
import { canonicalLayer } from './adapter/paths';
import { readTensors, type StoredNumbers, weightsFile } from './adapter/tensors';
import { canonicalName, modulePath } from './names';
import { readJson } from './read-whole';
import { missingFile } from './refusals';
import { serialise } from './safetensors';
import type { Source } from './source';

/** The correction of one linear layer: `W + scale · B·A`. */
export interface AdapterLayer {
  /** `[rank, in]` */
  a: Float32Array;
  /** `[out, rank]` */
  b: Float32Array;
  rank: number;
  scale: number;
  in: number;
  out: number;
}

export interface Adapter {
  /** Rank and alpha of layers that have none of their own; alpha is such that a layer's scale is alpha / rank. */
  options: LoraOptions;
  /** By the layer's canonical name, without `.weight`. */
  layers: Map<string, AdapterLayer>;
  /** Tensors that the adapter carries whole, as a trained connector, by canonical name; shaped as stored. */
  saved: Map<string, { shape: number[]; data: Float32Array }>;
}

/**
 * Reads an adapter for a model of the given family (`model_type`).
 * Throws `checkpoint/missing-file`, `checkpoint/corrupt`, `checkpoint/unsupported` for kinds of adapters that are not
 * plain LoRA, `checkpoint/shape`.
 */
export async function openAdapter(source: Source, family: string): Promise<Adapter> {
  const json = await readJson(source, configFile);
  if (json === undefined) throw missingFile(`${configFile} in ${source.place}`);
  const config = parseAdapterConfig(json);
  const tensors = await readTensors(source);
  const layers = new Map<string, AdapterLayer>();
  const saved: Adapter['saved'] = new Map();
  for (const [stored, tensor] of tensors) {
    const [, path, factor] = /^(.*)\.lora_([AB])\.weight$/.exec(stored) ?? [];
    if (path === undefined) saved.set(savedName(stored, family), { shape: tensor.shape, data: tensor.data });
    else if (factor === 'A') layers.set(canonicalLayer(path, family), layerOf(path, tensors, config));
    else if (!tensors.has(`${path}.lora_A.weight`)) throw half(path, 'B', 'A');
  }
  mustMeet(config, [...layers.keys()]);
  const targets = [...new Set([...layers.keys()].map((layer) => layer.split('.').at(-1) as string))];
  const alpha = config.use_rslora ? config.lora_alpha * Math.sqrt(config.r) : config.lora_alpha;
  return { options: { rank: config.r, alpha, targets }, layers, saved };
}

/**
 * The adapter as the files that `PeftModel.from_pretrained` reads, in 32 bits. The module paths are those of today's
 * `transformers` for the family. `baseName` is what the adapter says it belongs to.
 */
export function writeAdapter({ options, layers, saved }: Adapter, { family, baseName }: { family: string; baseName: string }): Map<string, Uint8Array<ArrayBuffer>> {
  const ranks: Record<string, number> = {};
  const alphas: Record<string, number> = {};
  const tensors: Parameters<typeof serialise>[0][number][] = [];
  const add = (name: string, shape: number[], data: Float32Array): void => {
    if (shape.reduce((product, size) => product * size, 1) !== data.length) throw new Error(`${name} of shape [${shape.join(', ')}] has ${data.length} numbers.`);
    tensors.push({ name: `base_model.model.${name}`, dtype: 'F32', shape, bytes: new Uint8Array(Float32Array.from(data).buffer) });
  };
  for (const [name, { a, b, rank, scale, in: inputs, out }] of layers) {
    const path = modulePath(name, family);
    if (rank !== options.rank) ranks[path] = rank;
    if (Math.abs(scale * rank - options.alpha) > 1e-6 * Math.abs(options.alpha)) alphas[path] = scale * rank;
    add(`${path}.lora_A.weight`, [rank, inputs], a);
    add(`${path}.lora_B.weight`, [out, rank], b);
  }
  for (const [name, { shape, data }] of saved) add(modulePath(name, family), shape, data);
  const config = {
    peft_type: 'LORA', task_type: 'CAUSAL_LM', base_model_name_or_path: baseName, inference_mode: true,
    r: options.rank, lora_alpha: options.alpha, lora_dropout: 0, rank_pattern: ranks, alpha_pattern: alphas,
    // Whole paths: the last names alone would also name layers of the vision tower.
    target_modules: [...layers.keys()].map((name) => modulePath(name, family)),
    modules_to_save: saved.size === 0 ? null : [...new Set([...saved.keys()].map((name) => savedModule(name, family)))],
    bias: 'none', fan_in_fan_out: false, use_rslora: false, use_dora: false, init_lora_weights: true,
  };
  return new Map([
    [configFile, new TextEncoder().encode(JSON.stringify(config, null, 2))],
    [weightsFile, serialise(tensors)],
  ]);
}

function layerOf(path: string, tensors: ReadonlyMap<string, StoredNumbers>, config: AdapterConfig): AdapterLayer {
  const a = tensors.get(`${path}.lora_A.weight`) as StoredNumbers;
  const b = tensors.get(`${path}.lora_B.weight`);
  if (b === undefined) throw half(path, 'A', 'B');
  const rank = rankOf(config, path);
  for (const [factor, { shape }, axis] of [['A', a, 0], ['B', b, 1]] as const) {
    if (shape.length === 2 && shape[axis] === rank) continue;
    throw new ComdError('checkpoint/shape',
      `${weightsFile}: "${path}.lora_${factor}.weight" must be ${axis === 0 ? `[${rank}, inputs]` : `[outputs, ${rank}]`} by the rank in ${configFile}, but is [${shape.join(', ')}].`,
      'Use the two files of one and the same adapter.');
  }
  const scale = alphaOf(config, path) / (config.use_rslora ? Math.sqrt(rank) : rank);
  return { a: a.data, b: b.data, rank, scale, in: a.shape[1] as number, out: b.shape[0] as number };
}

/** Layers may be left out of a target (by their number, or as excluded), but not all of them. */
function mustMeet({ target_modules: targets }: AdapterConfig, layers: readonly string[]): void {
  const met = (target: string): boolean => layers.some((layer) => layer.split('.').at(-1) === target.split('.').at(-1));
  const stranger = Array.isArray(targets) ? targets.find((target) => !met(target)) : undefined;
  if (stranger === undefined && layers.length > 0) return;
  throw new ComdError('checkpoint/corrupt',
    stranger === undefined ? `${weightsFile} corrects no layer.` : `${configFile}: target_modules names "${stranger}", but ${weightsFile} has no layer of that name.`,
    'Save the adapter again with PEFT; its two files must be of the same adapter.');
}

function savedName(stored: string, family: string): string {
  const kind = /lora_magnitude_vector|lora_embedding_[AB]|lora_\w+|base_layer/.exec(stored)?.[0];
  const name = canonicalName(stored, family);
  if (kind === undefined && name !== undefined && /^(language_model|multi_modal_projector|vision_tower)\./.test(name)) return name;
  throw new ComdError('checkpoint/unsupported', `${weightsFile}: the tensor "${stored}" is ${kind === undefined ? `no part of a ${family} model` : `of a kind that is not known here (${kind})`}.`,
    'Use a LoRA adapter of linear layers, trained on a model of this family.');
}

/** PEFT replaces whole modules: the connector, or the one layer that a tensor belongs to. */
function savedModule(name: string, family: string): string {
  const path = modulePath(name, family).split('.');
  return path[1] === 'multi_modal_projector' || path[1] === 'connector' ? path[1] : path.at(-2) as string;
}

function half(path: string, there: string, missing: string): ComdError {
  return new ComdError('checkpoint/missing-file', `${weightsFile} has "${path}.lora_${there}.weight" but no "${path}.lora_${missing}.weight".`,
    'Save the adapter again, or fetch it again if it was cut short.');
}
