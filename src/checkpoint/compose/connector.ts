/**
 * A connector that has learned nothing yet: its tensors and their first numbers. It follows LLaVA: weights uniform
 * within 1/√inputs, as PyTorch draws those of a linear layer, and no biases yet.
 */
import { stream } from '../../random';
import type { PlannedTensor } from '../write/shards';

/**
 * `mlp` is LLaVA 1.5's two layers with a GELU between them. `linear` is LLaVA's first connector, one layer; this
 * application reads it, `transformers` does not.
 */
export type ConnectorKind = 'linear' | 'mlp';

/** From `vision` to `hidden` numbers a token, as stored: `[out, in]`. */
export function connectorTensors(kind: ConnectorKind, vision: number, hidden: number): PlannedTensor[] {
  const layer = (name: string, inputs: number): PlannedTensor[] => [
    { name: `multi_modal_projector.${name}.weight`, dtype: 'F32', shape: [hidden, inputs] },
    { name: `multi_modal_projector.${name}.bias`, dtype: 'F32', shape: [hidden] },
  ];
  return [...layer('linear_1', vision), ...(kind === 'mlp' ? layer('linear_2', hidden) : [])];
}

/** Rows are drawn and handed on in pieces of about so many numbers. */
const pieceNumbers = 2 ** 18;

/** The numbers of one such tensor, a few rows at a time; a draw is named by the seed, the tensor and its place. */
export function* connectorNumbers({ name, shape }: PlannedTensor, seed: number): Generator<Float32Array<ArrayBuffer>> {
  const [rows, inputs] = shape as [number, number | undefined];
  if (inputs === undefined) {
    yield new Float32Array(rows);
    return;
  }
  const random = stream(seed, 'connector', name);
  const bound = 1 / Math.sqrt(inputs);
  const atOnce = Math.ceil(pieceNumbers / inputs);
  for (let row = 0; row < rows; row += atOnce) {
    yield Float32Array.from({ length: Math.min(atOnce, rows - row) * inputs }, () => (2 * random() - 1) * bound);
  }
}
