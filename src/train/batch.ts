/**
 * Training examples as token sequences with labels: a prompt is context, its target and the end token are learned.
 * Prompt and target are tokenised apart, as generation will meet them.
 */
import { ComdError } from '../errors';
import type { SpeakingModel } from '../model/model';
import { chatTurn, imageAlone } from '../model/prompt';
import type { Sequence } from '../model/sequence';
import type { VisionFeatures } from '../model/vision-features';
import { chatTarget, plainTarget } from '../text/chat';
import type { TrainingExample } from '../../workers/protocol';

export interface Batch {
  sequences: Sequence[];
  /** Length that every sequence is padded to. */
  tokens: number;
  /** Of all sequences, without padding. */
  realTokens: number;
  /** Rows of the flat batch whose next token is learned, and that token. */
  labelRows: number[];
  labels: number[];
}

/** Rows of padding that another part must save, since every part is a pass of its own. */
const WORTH_A_PART = 160;

/**
 * A batch as parts that go through the model one after another, their gradients added up: sequences of like length together,
 * so that little of a part is padding, and at most so many in one.
 */
export function partsOf(batch: Batch, most: number): Batch[] {
  const { sequences, tokens } = batch;
  const byLength = [...sequences.keys()].sort((i, j) => lengthOf(batch, i) - lengthOf(batch, j));
  const cuts = cutsOf(byLength.map((i) => lengthOf(batch, i)), most);
  if (cuts.length === 1) return [batch];
  const labelled = labelsBySequence(batch);
  return cuts.map(([from, to]) => {
    // In the order of the batch, which is nobody's business to change.
    const own = byLength.slice(from, to).sort((i, j) => i - j);
    const length = Math.max(...own.map((i) => lengthOf(batch, i)));
    const labels = own.flatMap((i, place) => (labelled.get(i) ?? []).map(({ row, label }) => ({ row: place * length + row - i * tokens, label })));
    return {
      sequences: own.map((i) => sequences[i] as Sequence), tokens: length, realTokens: own.reduce((sum, i) => sum + lengthOf(batch, i), 0),
      labelRows: labels.map(({ row }) => row), labels: labels.map(({ label }) => label),
    };
  });
}

/** The runs of sorted lengths, from and before to, that take the fewest rows together, parts counted. */
function cutsOf(lengths: readonly number[], most: number): [number, number][] {
  const best: { rows: number; from: number }[] = [{ rows: 0, from: 0 }];
  for (let to = 1; to <= lengths.length; to++) {
    let chosen = { rows: Infinity, from: 0 };
    for (let from = Math.max(0, to - most); from < to; from++) {
      const rows = (best[from] as { rows: number }).rows + (to - from) * (lengths[to - 1] as number) + WORTH_A_PART;
      if (rows < chosen.rows) chosen = { rows, from };
    }
    best.push(chosen);
  }
  const cuts: [number, number][] = [];
  for (let to = lengths.length; to > 0; to = (best[to] as { from: number }).from) cuts.unshift([(best[to] as { from: number }).from, to]);
  return cuts;
}

function lengthOf({ sequences }: Batch, sequence: number): number {
  return (sequences[sequence] as Sequence).ids.length;
}

function labelsBySequence({ tokens, labelRows, labels }: Batch): Map<number, { row: number; label: number }[]> {
  const all = new Map<number, { row: number; label: number }[]>();
  labelRows.forEach((row, i) => {
    const sequence = Math.floor(row / tokens);
    all.set(sequence, [...all.get(sequence) ?? [], { row, label: labels[i] as number }]);
  });
  return all;
}

interface Labelled extends Sequence {
  targets: number[];
}

/** Throws `data/malformed-record` on a prompt with a placeholder of its own or an example with nothing to learn. */
export function batchOf(model: SpeakingModel, features: VisionFeatures, examples: readonly TrainingExample[]): Batch {
  const sequences = examples.map((example) => labelled(model, features, example));
  const lengths = sequences.map(({ ids }) => ids.length);
  const tokens = Math.max(...lengths);
  const labelRows = sequences.flatMap(({ targets }, i) => {
    // The last row of a sequence predicts the last target, which itself never goes in.
    const first = i * tokens + (lengths[i] as number) - targets.length;
    return targets.map((_, j) => first + j);
  });
  return {
    sequences, tokens, labelRows,
    realTokens: lengths.reduce((a, b) => a + b, 0),
    labels: sequences.flatMap(({ targets }) => targets),
  };
}

function labelled(model: SpeakingModel, features: VisionFeatures, { images, prompt, target }: TrainingExample): Labelled {
  const { tokenizer, config } = model;
  const context = prompt === null ? imageAlone(model, features, images) : chatTurn(model, features, prompt, images);
  const learned = tokenizer.encode(prompt === null ? plainTarget(target) : chatTarget(context.text, target));
  // The plain template closes a caption by its newline, a chat answer closes by the end token.
  const targets = prompt === null ? learned : [...learned, tokenizer.eos];
  if (targets.length === 0 || (config.connector !== null && targets.includes(config.connector.placeholder))) throw unlearnable(images, target);
  return { images, ids: [...context.ids, ...targets.slice(0, -1)], targets };
}

function unlearnable(images: readonly string[], target: string): ComdError {
  const where = images.length === 0 ? 'no image' : `image "${images.join('", "')}"`;
  return new ComdError('data/malformed-record', `The text ${JSON.stringify(target)} for ${where} cannot be learned.`,
    'Give every caption and answer some text, without an image placeholder in it.');
}
