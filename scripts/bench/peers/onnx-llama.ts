/**
 * The measured Llama as a graph for ONNX Runtime, in the form in which decoders are published for it: grouped-query attention
 * with its cache and its rotary positions as one operator, and norms that add what comes before them.
 */
import { initialWeights, rotation } from '../../../src/bench/initial';
import { shape } from '../../../src/bench/work';
import { onnxModel, type OnnxNode, type OnnxTensor, type OnnxValue } from './onnx';

const { layers, heads, headWidth, width, vocabulary, tokens, epsilon } = shape;
const microsoft = 'com.microsoft';

/** The bytes of a `model.onnx` as transformers.js expects it: it goes by the names, also those of sides that vary. */
export function llamaOnnx(): Uint8Array<ArrayBuffer> {
  const caches = (kind: 'past_key_values' | 'present', length: string): OnnxValue[] => Array.from({ length: layers }, (_, layer) =>
    ['key', 'value'].map((what): OnnxValue => ({ name: `${kind}.${layer}.${what}`, type: 'float', shape: ['batch_size', heads, length, headWidth] }))).flat();
  return onnxModel({
    inputs: [
      { name: 'input_ids', type: 'int64', shape: ['batch_size', 'sequence_length'] },
      { name: 'attention_mask', type: 'int64', shape: ['batch_size', 'total_sequence_length'] },
      ...caches('past_key_values', 'past_sequence_length'),
    ],
    outputs: [{ name: 'logits', type: 'float', shape: ['batch_size', 'sequence_length', vocabulary] }, ...caches('present', 'total_sequence_length')],
    tensors: tensors(),
    nodes: [...lengths(), ...Array.from({ length: layers }, (_, layer) => layerOf(layer)).flat(), ...head()],
  });
}

function tensors(): OnnxTensor[] {
  // Cosines of one half of a head, whose other half turns alike.
  const { cos, sin } = rotation(tokens);
  const half = (table: Float32Array): Float32Array<ArrayBuffer> => table.filter((_, i) => i % headWidth < headWidth / 2) as Float32Array<ArrayBuffer>;
  const turns = Object.entries({ cos, sin }).map(([name, table]): OnnxTensor => ({ name, shape: [tokens, headWidth / 2], data: half(table) }));
  const numbers = Object.entries({ one: 1n, axis: 1n }).map(([name, value]): OnnxTensor => ({ name, shape: [1], data: BigInt64Array.of(value) }));
  return [...initialWeights('llama'), ...turns, ...numbers, { name: 'second', shape: [], data: BigInt64Array.of(1n) }];
}

/** How many tokens there are in all, as the attention wants to know it. */
function lengths(): OnnxNode[] {
  const int32 = { to: 6 };
  return [
    { op: 'ReduceSum', inputs: ['attention_mask', 'axis'], outputs: ['sums'], integers: { keepdims: 0 } },
    { op: 'Sub', inputs: ['sums', 'one'], outputs: ['last'] },
    { op: 'Cast', inputs: ['last'], outputs: ['last32'], integers: int32 },
    { op: 'Shape', inputs: ['attention_mask'], outputs: ['shape'] },
    { op: 'Gather', inputs: ['shape', 'second'], outputs: ['total_sequence_length'] },
    { op: 'Cast', inputs: ['total_sequence_length'], outputs: ['total32'], integers: int32 },
    { op: 'Gather', inputs: ['embedding', 'input_ids'], outputs: ['embedded'] },
    { op: 'SimplifiedLayerNormalization', inputs: ['embedded', 'layers.0.norm1'], outputs: ['normed.0'], floats: { epsilon } },
  ];
}

function layerOf(layer: number): OnnxNode[] {
  const own = (name: string): string => `${name}.${layer}`;
  const weight = (name: string): string => `layers.${layer}.${name}`;
  const before = layer === 0 ? 'embedded' : `sum.${layer - 1}`;
  const nextNorm = layer === layers - 1 ? 'norm' : `layers.${layer + 1}.norm1`;
  const product = (x: string, matrix: string, y: string): OnnxNode => ({ op: 'MatMul', inputs: [own(x), weight(matrix)], outputs: [own(y)] });
  return [
    product('normed', 'q', 'queries'), product('normed', 'k', 'keys'), product('normed', 'v', 'values'),
    {
      op: 'GroupQueryAttention', domain: microsoft, integers: { num_heads: heads, kv_num_heads: heads, do_rotary: 1, rotary_interleaved: 0 },
      inputs: [
        own('queries'), own('keys'), own('values'), `${own('past_key_values')}.key`, `${own('past_key_values')}.value`, 'last32', 'total32', 'cos', 'sin',
      ],
      outputs: [own('mixed'), `${own('present')}.key`, `${own('present')}.value`],
    },
    product('mixed', 'o', 'heard'),
    skipNorm(before, own('heard'), weight('norm2'), own('inner'), own('attended')),
    product('inner', 'gate', 'gate'), product('inner', 'up', 'up'),
    { op: 'Sigmoid', inputs: [own('gate')], outputs: [own('open')] },
    { op: 'Mul', inputs: [own('gate'), own('open')], outputs: [own('silu')] },
    { op: 'Mul', inputs: [own('silu'), own('up')], outputs: [own('gated')] },
    product('gated', 'down', 'fed'),
    skipNorm(own('attended'), own('fed'), nextNorm, `normed.${layer + 1}`, own('sum')),
  ];
}

/** The norm of a sum, and the sum. */
function skipNorm(x: string, added: string, gain: string, normed: string, sum: string): OnnxNode {
  return { op: 'SkipSimplifiedLayerNormalization', domain: microsoft, inputs: [x, added, gain], outputs: [normed, '', '', sum], floats: { epsilon } };
}

function head(): OnnxNode[] {
  return [
    { op: 'Transpose', inputs: ['embedding'], outputs: ['table'] },
    { op: 'MatMul', inputs: [`normed.${layers}`, 'table'], outputs: ['logits'] },
  ];
}

/** The `config.json` beside it. */
export const llamaConfig = {
  model_type: 'llama', architectures: ['LlamaForCausalLM'], hidden_size: width, intermediate_size: shape.hidden.llama, num_hidden_layers: layers,
  num_attention_heads: heads, num_key_value_heads: heads, head_dim: headWidth, vocab_size: vocabulary, max_position_embeddings: tokens,
  tie_word_embeddings: true,
  'transformers.js_config': {},
};
