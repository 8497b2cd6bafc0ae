/** Which tensors a decoder has, how llama.cpp names them, and which shape each must have. It reads none. */
import { ComdError } from '../../errors';
import type { Architecture } from './architecture';
import type { GgufTensor } from './parse';
import { corrupt, unsupported } from './refuse';

/** A tensor of the file with what it is to the model. */
export interface PlacedTensor extends GgufTensor {
  /** As in `names.ts`. */
  canonical: string;
  /**
   * How many rows a head has, where llama.cpp has reordered them: its rotary positions turn neighbours (0, 1), (2, 3), …
   * while ours, as in `transformers`, turn row i with the row half a head further.
   */
  headRows?: number;
}

interface Part {
  canonical: string;
  shape: number[];
  reordered?: boolean;
}

/** Recomputed from the configuration (`rope.ts`), or no weight at all. */
const noWeight = /^rope_freqs\.weight$|^blk\.\d+\.attn_rot_embd\.weight$/;

/** The tensors by their places. Throws `checkpoint/corrupt`, `checkpoint/shape`, `checkpoint/unsupported`. */
export function placeTensors(file: string, tensors: readonly GgufTensor[], architecture: Architecture): PlacedTensor[] {
  const parts = partsOf(architecture);
  const placed = tensors.filter(({ name }) => !noWeight.test(name)).map((tensor) => {
    const part = parts.get(tensor.name);
    if (part === undefined) {
      throw unsupported(file, `tensor "${tensor.name}" has no place in a ${architecture.name} model of ${architecture.layers} layers.`, 'Take a plain Llama, Mistral or Qwen2 model without experts or additions.');
    }
    parts.delete(tensor.name);
    checkShape(file, tensor, part.shape);
    return { ...tensor, canonical: part.canonical, ...(part.reordered && { headRows: architecture.headDim }) };
  });
  for (const name of parts.keys()) throw corrupt(file, `tensor "${name}" is missing.`);
  return placed;
}

/** Every tensor that the model needs, by its name in the file. */
function partsOf({ layers, hidden, vocabulary, tied, ...rest }: Architecture): Map<string, Part> {
  const parts = new Map<string, Part>([
    ['token_embd.weight', { canonical: 'language_model.model.embed_tokens.weight', shape: [vocabulary, hidden] }],
    ['output_norm.weight', { canonical: 'language_model.model.norm.weight', shape: [hidden] }],
  ]);
  if (!tied) parts.set('output.weight', { canonical: 'language_model.lm_head.weight', shape: [vocabulary, hidden] });
  const block = blockParts({ hidden, ...rest });
  for (let layer = 0; layer < layers; layer++) {
    for (const [name, part] of block) {
      parts.set(`blk.${layer}.${name}`, { ...part, canonical: `language_model.model.layers.${layer}.${part.canonical}` });
    }
  }
  return parts;
}

function blockParts({ name, hidden, intermediate, heads, kvHeads, headDim, bias }: Omit<Architecture, 'layers' | 'vocabulary' | 'tied'>): [string, Part][] {
  const [queries, keys] = [heads * headDim, kvHeads * headDim];
  const reordered = name === 'llama';
  const linear = (stored: string, canonical: string, shape: [number, number], biased: boolean, turned = false): [string, Part][] => [
    [`${stored}.weight`, { canonical: `${canonical}.weight`, shape, reordered: turned }],
    ...(biased ? [[`${stored}.bias`, { canonical: `${canonical}.bias`, shape: [shape[0]], reordered: turned }] as [string, Part]] : []),
  ];
  // Qwen2 has biases by nature, but none on attention's output; a Llama has all four or none.
  const inner = bias.attention || name === 'qwen2';
  return [
    ['attn_norm.weight', { canonical: 'input_layernorm.weight', shape: [hidden] }],
    ['ffn_norm.weight', { canonical: 'post_attention_layernorm.weight', shape: [hidden] }],
    ...linear('attn_q', 'self_attn.q_proj', [queries, hidden], inner, reordered),
    ...linear('attn_k', 'self_attn.k_proj', [keys, hidden], inner, reordered),
    ...linear('attn_v', 'self_attn.v_proj', [keys, hidden], inner),
    ...linear('attn_output', 'self_attn.o_proj', [hidden, queries], inner && name === 'llama'),
    ...linear('ffn_gate', 'mlp.gate_proj', [intermediate, hidden], bias.mlp),
    ...linear('ffn_up', 'mlp.up_proj', [intermediate, hidden], bias.mlp),
    ...linear('ffn_down', 'mlp.down_proj', [hidden, intermediate], bias.mlp),
  ];
}

function checkShape(file: string, { name, shape }: GgufTensor, expected: readonly number[]): void {
  if (shape.length === expected.length && shape.every((size, i) => size === expected[i])) return;
  throw new ComdError(
    'checkpoint/shape',
    `${file}: tensor "${name}" has the shape [${shape.join(', ')}], where the metadata asks for [${expected.join(', ')}].`,
    'The metadata and the tensors come from different models: convert the model again with llama.cpp.',
  );
}
