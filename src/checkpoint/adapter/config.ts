/**
 * `adapter_config.json` as PEFT writes it, narrowed to plain LoRA. Settings that change what an adapter computes are
 * honoured or refused by name; those that tell how it was trained are passed over.
 */
import * as v from 'valibot';
import { ComdError } from '../../errors';
import { checked } from '../checked';

export const configFile = 'adapter_config.json';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const positive = v.pipe(v.number(), v.finite());
const schema = v.looseObject({
  peft_type: v.string(),
  r: count,
  lora_alpha: positive,
  use_rslora: v.nullish(v.boolean(), false),
  target_modules: v.nullish(v.union([v.string(), v.array(v.string())])),
  /** Ranks and alphas of single layers: the end of a module's path, as a regular expression. */
  rank_pattern: v.nullish(v.record(v.string(), count), {}),
  alpha_pattern: v.nullish(v.record(v.string(), positive), {}),
});
export type AdapterConfig = v.InferOutput<typeof schema>;

/** Kinds of LoRA that compute something else; each is off where it is absent, null or false. */
const variants = [
  'use_dora', 'use_qalora', 'use_bdlora', 'lora_bias', 'fan_in_fan_out', 'layer_replication', 'target_parameters',
  'trainable_token_indices', 'alora_invocation_tokens', 'arrow_config', 'kasa_config', 'monteclora_config', 'velora_config',
] as const;
/** Ways to begin that leave the model's own weights alone; the others moved a part of them into the adapter. */
const beginnings: unknown[] = [undefined, null, true, false, 'gaussian', 'orthogonal', 'eva'];

/** Throws `checkpoint/corrupt`, and `checkpoint/unsupported` for what is not plain LoRA. */
export function parseAdapterConfig(json: unknown): AdapterConfig {
  const config = checked(schema, json, (what) => new ComdError('checkpoint/corrupt', `${configFile}${what}`, 'Save the adapter again with PEFT.'));
  if (config.peft_type !== 'LORA') throw refused('peft_type', config.peft_type);
  if ((config.bias ?? 'none') !== 'none') throw refused('bias', config.bias);
  if (!beginnings.includes(config.init_lora_weights)) throw refused('init_lora_weights', config.init_lora_weights);
  for (const variant of variants) if (isOn(config[variant])) throw refused(variant, config[variant]);
  return config;
}

/** The rank that the layer at a module path has. */
export function rankOf({ r, rank_pattern: pattern }: AdapterConfig, path: string): number {
  return ownOf('rank_pattern', pattern ?? {}, path) ?? r;
}

export function alphaOf({ lora_alpha: alpha, alpha_pattern: pattern }: AdapterConfig, path: string): number {
  return ownOf('alpha_pattern', pattern ?? {}, path) ?? alpha;
}

/** The first pattern that the path ends with decides, as in PEFT. */
function ownOf(field: string, pattern: Record<string, number>, path: string): number | undefined {
  return Object.entries(pattern).find(([end]) => {
    try {
      return new RegExp(`^(.*\\.)?(${end})$`).test(path);
    } catch {
      throw refused(field, end);
    }
  })?.[1];
}

function isOn(value: unknown): boolean {
  return value != null && value !== false && !(Array.isArray(value) && value.length === 0);
}

function refused(field: string, found: unknown): ComdError {
  return new ComdError('checkpoint/unsupported', `${configFile}: "${field}" is ${JSON.stringify(found)}, which is not known here.`,
    'Use a plain LoRA adapter: peft_type LORA, bias none, no DoRA or other variant; or merge the adapter into its model with PEFT.');
}
