/**
 * Training examples as token sequences with labels: a prompt is context, its target and the end token are learned.
 * Prompt and target are tokenised apart, as generation will meet them.
 */
import { ComdError } from '../errors';
import type { SpeakingModel } from '../model/model';
import { chatTurn, imageAlone } from '../model/prompt';
import type { Sequence } from '../model/sequence';
import type { VisionFeatures } from '../model/vision-features';
import type { SoftTargets } from '../ops/soft-targets/targets';
import { chatTarget, plainTarget } from '../text/chat';
import type { SoftTargetOptions, TrainingExample } from '../../workers/protocol';
import { softTargetsOf } from './soft-targets';

export interface Batch {
  sequences: Sequence[];
  /** Length that every sequence is padded to. */
  tokens: number;
  /** Of all sequences, without padding. */
  realTokens: number;
  /** Rows of the flat batch whose next token is learned, and that token. */
  labelRows: number[];
  labels: number[];
  /** What a teacher would have said in the labels' place, where that counts. */
  soft?: SoftTargets;
}

interface Labelled extends Sequence {
  targets: number[];
}

/**
 * Throws `data/malformed-record` on a prompt with a placeholder of its own or an example with nothing to learn, `settings/invalid`
 * on soft targets of another tokenizer.
 * @param softly what soft targets count; nothing if undefined
 */
export function batchOf(
  model: SpeakingModel, features: VisionFeatures, examples: readonly TrainingExample[], softly?: SoftTargetOptions,
): Batch {
  const sequences = examples.map((example) => labelled(model, features, example));
  const lengths = sequences.map(({ ids }) => ids.length);
  const tokens = Math.max(...lengths);
  const labelRows = sequences.flatMap(({ targets }, i) => {
    // The last row of a sequence predicts the last target, which itself never goes in.
    const first = i * tokens + (lengths[i] as number) - targets.length;
    return targets.map((_, j) => first + j);
  });
  const taught = examples.map(({ target, soft }, i) => ({ target, soft, tokens: (sequences[i] as Labelled).targets }));
  const soft = softly && softTargetsOf(taught, model.config.decoder.vocabulary, softly);
  return {
    sequences, tokens, labelRows,
    realTokens: lengths.reduce((a, b) => a + b, 0),
    labels: sequences.flatMap(({ targets }) => targets),
    ...soft && { soft },
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
