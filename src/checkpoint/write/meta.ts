/**
 * The JSON files beside the weights, as texts: what a checkpoint was read with, or was composed of, spelt so that
 * `transformers` reads it. It writes nothing to anywhere.
 */
import type { Checkpoint } from '../checkpoint';
import type { FloatType } from '../dtype';
import { formatJson } from '../json';

/** The parsed JSON files of a checkpoint; what is undefined is not written. */
export type CheckpointMeta = Pick<Checkpoint, 'config' | 'tokenizer' | 'tokenizerConfig' | 'preprocessor' | 'processor' | 'generation'>;

/** File name to text. `dtype` is what the configuration is to say of the weights. */
export function metaFiles(meta: CheckpointMeta, dtype: FloatType): [string, string][] {
  const template = (meta.tokenizerConfig as { chat_template?: unknown } | undefined)?.chat_template;
  const files: [string, unknown][] = [
    ['tokenizer.json', meta.tokenizer],
    ['tokenizer_config.json', meta.tokenizerConfig],
    ['preprocessor_config.json', meta.preprocessor],
    ['processor_config.json', meta.processor ?? processorOf(meta.config)],
    ['generation_config.json', meta.generation],
  ];
  return [
    ['config.json', configText(meta.config, dtype)],
    ...files.flatMap(([file, json]): [string, string][] => json === undefined ? [] : [[file, formatJson(json)]]),
    // Older readers look into tokenizer_config.json, newer processors only for this file.
    ...(typeof template === 'string' ? [['chat_template.jinja', template] as [string, string]] : []),
  ];
}

const dtypeNames: Record<FloatType, string> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };
/** Fields that `transformers` wants as floats and refuses, or warns of, as integers. */
const floats = [
  'initializer_factor', 'initializer_range', 'layer_norm_eps', 'rms_norm_eps', 'attention_dropout',
  'rope_theta', 'factor', 'low_freq_factor', 'high_freq_factor', 'attention_factor', 'partial_rotary_factor',
];
const floatField = new RegExp(`("(?:${floats.join('|')})": -?\\d+)(?=,?$)`, 'gm');

/** The configuration's text with the type that the weights now have, wherever it names one. */
function configText(config: unknown, dtype: FloatType): string {
  return formatJson(config)
    .replace(/("(?:torch_)?dtype"\s*:\s*)"\w+"/g, `$1"${dtypeNames[dtype]}"`)
    .replace(floatField, '$1.0');
}

/**
 * How many image tokens a prompt needs follows from these, and transformers' processor looks for them only here. A
 * CLIP tower adds one token, its class embedding. Undefined for what is not LLaVA-shaped.
 */
function processorOf(config: unknown): unknown {
  const { model_type: family, vision_config: vision, vision_feature_select_strategy: strategy } = config as {
    model_type?: unknown; vision_config?: { model_type?: unknown; patch_size?: unknown }; vision_feature_select_strategy?: unknown;
  };
  if (family !== 'llava') return undefined;
  return {
    processor_class: 'LlavaProcessor', patch_size: vision?.patch_size,
    vision_feature_select_strategy: strategy ?? 'default',
    num_additional_image_tokens: vision?.model_type === 'siglip_vision_model' ? 0 : 1,
  };
}
