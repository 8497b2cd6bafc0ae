/**
 * Composes a student: any vision tower and any decoder, joined by a fresh connector into a LLaVA checkpoint that
 * `transformers` loads. The weights stream from the parts into the new files without being changed; no model is built.
 */
import { ComdError } from '../errors';
import type { Composition } from '../../workers/protocol';
import type { Checkpoint, Slice } from './checkpoint';
import { connectorNumbers, connectorTensors } from './compose/connector';
import { type Decoder, decoderOf, embeddingName, headName } from './compose/decoder';
import { imageTemplate } from './compose/template';
import { tokenizerConfigOf, withImageToken } from './compose/image-token';
import { NewRows } from './compose/new-rows';
import { preprocessorOf } from './compose/preprocessor';
import { type Tower, towerOf } from './compose/tower';
import { formatJson } from './json';
import { checksumsFile } from './layout';
import type { ModelSink } from './library/model-sink';
import { tensorBytes } from './safetensors';
import { metaFiles } from './write/meta';
import { indexFiles, type OnWritten, type PlannedShard, type PlannedTensor, planShards, ShardWriter } from './write/shards';

/** Numbers that one shard holds, in bytes. */
const shardBytes = 500_000_000;

/**
 * Writes the files of the composed checkpoint, the weights first. Tensors keep their types. Where the decoder's
 * tokenizer has no `<image>`, the token is added, and embedding and output head grow if it lies outside them.
 *
 * With a `linear` connector (`compose/connector.ts`) the result is for this application alone.
 * Throws `checkpoint/unsupported`, `checkpoint/missing-file`, `checkpoint/shape` before anything is written; what
 * reading and the sink throw; the signal's reason.
 */
export async function composeCheckpoint(
  tower: Checkpoint, decoder: Checkpoint, { connector, seed }: Pick<Composition, 'connector' | 'seed'>,
  sink: ModelSink, onProgress: OnWritten = () => undefined, signal?: AbortSignal,
): Promise<void> {
  const vision = towerOf(tower);
  const text = decoderOf(decoder);
  const { tokenizer, id } = withImageToken(decoder);
  const added = Math.max(0, id + 1 - text.rows);
  const fresh = connectorTensors(connector, vision.hidden, text.hidden);
  const shards = planShards([...vision.tensors, ...fresh, ...text.tensors.map((tensor) => grown(tensor, added))], shardBytes);
  const config = configOf(vision, text, id, added);
  const template = imageTemplate(decoder.tokenizerConfig);
  const texts = [...indexFiles(shards), ...metaFiles({
    config, tokenizer, tokenizerConfig: tokenizerConfigOf(decoder.tokenizerConfig, id, template),
    preprocessor: preprocessorOf(tower, vision), processor: undefined, generation: decoder.generation,
  }, text.dtype)];

  await sink.reserve(bytesOf(shards, texts));
  const writer = new ShardWriter(shards, sink, onProgress);
  await copy(tower, vision.tensors, ({ bytes }) => writer.write(bytes), signal);
  for (const tensor of fresh) {
    for (const piece of connectorNumbers(tensor, seed)) {
      signal?.throwIfAborted();
      await writer.write(new Uint8Array(piece.buffer));
    }
  }
  await copy(decoder, text.tensors, added === 0 ? ({ bytes }) => writer.write(bytes) : growing(text, added, writer), signal);
  const sums = await writer.close();
  for (const [file, content] of [...texts, [checksumsFile, formatJson(sums)] as const]) await writeText(sink, file, content, onProgress);
}

/** CLIP is read before its last layer and without its class token, as in LLaVA 1.5; SigLIP to its end, having none. */
function configOf(vision: Tower, text: Decoder, image: number, added: number): Record<string, unknown> {
  const { pad_token_id: pad, eos_token_id: eos, bos_token_id: bos } = text.config;
  return {
    architectures: ['LlavaForConditionalGeneration'], model_type: 'llava', dtype: 'float32', torch_dtype: 'float32',
    vision_config: vision.config,
    text_config: { ...text.config, vocab_size: text.rows + added },
    projector_hidden_act: 'gelu', multimodal_projector_bias: true,
    vision_feature_layer: vision.kind === 'clip' ? -2 : -1,
    vision_feature_select_strategy: vision.kind === 'clip' ? 'default' : 'full',
    image_seq_length: (vision.image / vision.patch) ** 2,
    image_token_index: image, image_token_id: image,
    ...Object.fromEntries(Object.entries({ bos_token_id: bos, eos_token_id: eos, pad_token_id: pad }).filter(([, id]) => id != null)),
    tie_word_embeddings: text.tied,
  };
}

function isGrown(name: string): boolean {
  return name === embeddingName || name === headName;
}

function grown(tensor: PlannedTensor, added: number): PlannedTensor {
  const [rows, ...rest] = tensor.shape as [number, ...number[]];
  return isGrown(tensor.name) ? { ...tensor, shape: [rows + added, ...rest] } : tensor;
}

/** Copies slices, and puts `added` rows behind the last one of the embedding and of the head. */
function growing({ hidden }: Decoder, added: number, writer: ShardWriter): (slice: Slice) => Promise<void> {
  let rows: NewRows;
  return async ({ name, dtype, shape, first, bytes }) => {
    await writer.write(bytes);
    if (!isGrown(name)) return;
    if (first === 0) rows = new NewRows(dtype, hidden);
    rows.pass(bytes);
    if (rows.rows === shape[0]) await writer.write(rows.bytes(added));
  };
}

/** Reads the tensors once, in their order, which is the order in which they were laid out. */
async function copy(
  checkpoint: Checkpoint, tensors: readonly PlannedTensor[], onSlice: (slice: Slice) => Promise<void>, signal: AbortSignal | undefined,
): Promise<void> {
  const wanted = new Set(tensors.map(({ name }) => name));
  const due = tensors.values();
  let left = 0;
  await checkpoint.read({
    wanted: (name) => wanted.has(name),
    onShard: () => undefined,
    signal,
    async onSlice(slice) {
      signal?.throwIfAborted();
      if (slice.first === 0) {
        const tensor = due.next().value;
        if (left > 0 || tensor?.name !== slice.name) throw changed(checkpoint, slice.name);
        left = tensorBytes(tensor);
      }
      left -= slice.bytes.length;
      await onSlice(slice);
    },
  });
  const absent = due.next().value;
  if (left > 0 || absent !== undefined) throw changed(checkpoint, absent?.name ?? tensors.at(-1)?.name ?? '');
}

function changed({ name }: Checkpoint, tensor: string): ComdError {
  return new ComdError('checkpoint/changed', `"${name}" is not read as it was listed: tensor "${tensor}" did not come in its turn.`,
    'Its files have changed since it was opened; compose again.');
}

/** Of all files; hashes are not known yet, but how long they will be. */
function bytesOf(shards: readonly PlannedShard[], texts: readonly (readonly [string, string])[]): number {
  const sums = Object.fromEntries(shards.map(({ file, bytes }) => [file, { bytes, sha256: '0'.repeat(64) }]));
  const lengths = [...texts.map(([, text]) => text), formatJson(sums)].map((text) => new TextEncoder().encode(text).length);
  return [...shards.map(({ bytes }) => bytes), ...lengths].reduce((sum, bytes) => sum + bytes, 0);
}

async function writeText(sink: ModelSink, name: string, text: string, onProgress: OnWritten): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  const file = await sink.file(name);
  await file.write(bytes);
  await file.close();
  onProgress({ file: name, loaded: bytes.length, total: bytes.length });
}
