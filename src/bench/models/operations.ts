/**
 * How many floating point operations the matrix products of a work are, two for each multiplication. It counts what the
 * mathematics asks for: rows of padding take part, and so do frozen layers that a gradient has to pass; a score that causality
 * hides does not, nor does what is computed a second time to save memory (layers, scores of attention, logits).
 */
import type { DecoderShape } from './work';

/** What a training step goes through. */
export interface StepSize {
  sequences: number;
  /** Of each, padding included. */
  tokens: number;
  /** Rows whose next token is learned: the last layer is finished for these alone, and only they are scored. */
  labels: number;
  /** Whether the decoder's own weights are trained; else an adapter of it is. */
  trained: 'decoder' | Adapted;
  connector?: ConnectorSize;
}

/** Rows of images that go through two linear layers, both trained. */
export interface ConnectorSize {
  rows: number;
  inputs: number;
}

export interface Adapted {
  rank: number;
  targets: readonly string[];
}

/** A linear layer. */
interface Linear {
  name: string;
  in: number;
  out: number;
  rows: number;
  /** Whether the gradient goes on to what is below. */
  passes: boolean;
}

/** Of one update: forward, to the inputs where anything below is trained, and to the weights that are. */
export function trainingOperations(shape: DecoderShape, size: StepSize): number {
  const { connector, trained, labels } = size;
  const linears = Array.from({ length: shape.layers }, (_, layer) => linearsOf(shape, size, layer)).flat();
  const attention = 3 * shape.layers * attending(shape, size.sequences * size.tokens * (size.tokens + 1) / 2);
  const head = (trained === 'decoder' ? 3 : 2) * 2 * labels * shape.hidden * shape.vocabulary;
  return sum(linears.map((linear) => linearOperations(linear, trained))) + attention + head + (connector ? connecting(connector, shape.hidden) : 0);
}

/** Of one token that is decoded and sees so many, itself included. */
export function decodingOperations(shape: DecoderShape, seen: number): number {
  const linears = Array.from({ length: shape.layers }, (_, layer) => linearsOf(shape, { sequences: 1, tokens: 1, labels: 1, trained: 'decoder' }, layer)).flat();
  return sum(linears.map(product)) + shape.layers * attending(shape, seen) + 2 * shape.hidden * shape.vocabulary;
}

function linearsOf({ hidden, intermediate, layers, heads, kvHeads, headDim }: DecoderShape, size: StepSize, layer: number): Linear[] {
  const all = size.sequences * size.tokens;
  const rows = layer === layers - 1 ? size.labels : all;
  // Nothing that an adapter trains lies below the first layer's queries, keys and values, unless a connector does.
  const isLowest = layer === 0 && size.trained !== 'decoder' && size.connector === undefined;
  const projection = (name: string, own: number): Linear => ({ name, in: hidden, out: own * headDim, rows: all, passes: !isLowest });
  return [
    projection('q_proj', heads), projection('k_proj', kvHeads), projection('v_proj', kvHeads),
    { name: 'o_proj', in: heads * headDim, out: hidden, rows, passes: true },
    { name: 'gate_proj', in: hidden, out: intermediate, rows, passes: true },
    { name: 'up_proj', in: hidden, out: intermediate, rows, passes: true },
    { name: 'down_proj', in: intermediate, out: hidden, rows, passes: true },
  ];
}

function linearOperations(linear: Linear, trained: StepSize['trained']): number {
  const through = (linear.passes ? 2 : 1) * product(linear);
  if (trained === 'decoder') return through + product(linear);
  if (!trained.targets.includes(linear.name)) return through;
  const down = product({ ...linear, out: trained.rank });
  const up = product({ ...linear, in: trained.rank });
  return through + (linear.passes ? 3 : 2) * down + 3 * up;
}

/** The first layer's inputs are features, which nothing below computes. */
function connecting({ rows, inputs }: ConnectorSize, hidden: number): number {
  return 2 * product({ rows, in: inputs, out: hidden }) + 3 * product({ rows, in: hidden, out: hidden });
}

/** Scores and mixtures of one layer forward; backward there are twice as many products. @param pairs of a query and a key that it sees */
function attending({ heads, headDim }: DecoderShape, pairs: number): number {
  return 2 * 2 * heads * headDim * pairs;
}

function product({ rows, in: inputs, out }: Pick<Linear, 'rows' | 'in' | 'out'>): number {
  return 2 * rows * inputs * out;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
