/**
 * Trains a model's connector, decoder or adapter: forward, backward, clip, AdamW. It knows no schedule and no epochs: its
 * caller says which batch comes next and at which rate.
 */
import * as tf from '@tensorflow/tfjs';
import { ComdError } from '../errors';
import { addAdapter } from '../model/adapter';
import { headOf } from '../model/decoder';
import { forward } from '../model/forward';
import type { SpeakingModel } from '../model/model';
import type { VisionFeatures } from '../model/vision-features';
import type { Optimizer } from '../ops/adamw/kernels';
import { optimizerOf } from '../ops/adamw/on-device';
import { crossEntropy } from '../ops/cross-entropy/cross-entropy';
import { remembering } from '../ops/differentiable';
import { distillationLoss } from '../ops/soft-targets/soft-targets';
import type { StepResult, TrainingExample, TrainingOptions } from '../../workers/protocol';
import { type Batch, batchOf } from './batch';
import { partsOf } from './parts';

const BETAS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const PARTS: Record<TrainingOptions['parts'][number], RegExp> = {
  connector: /^multi_modal_projector\./,
  decoder: /^language_model\.(?!.*\.lora_)/,
  adapter: /\.lora_[AB]\./,
};

/** Names of the weights in the given parts, in the order in which they were loaded. */
export function trainable(model: SpeakingModel, parts: TrainingOptions['parts']): string[] {
  return model.weights.names().filter((name) => parts.some((part) => PARTS[part].test(name)));
}

/** An optimizer over some parts of a model. */
export class Trainer {
  readonly options: TrainingOptions;
  /** Of the weights that are trained, in the order of the optimizer's parameters. */
  readonly names: readonly string[];
  readonly optimizer: Optimizer;
  /** Updates done so far. */
  steps = 0;
  readonly #model: SpeakingModel;
  readonly #features: VisionFeatures;

  /** Throws `settings/invalid` where the decoder is to be trained and is packed. */
  constructor(model: SpeakingModel, features: VisionFeatures, options: TrainingOptions) {
    this.#model = model;
    this.#features = features;
    this.options = options;
    if (options.parts.includes('decoder') && model.scheme !== 'f32') throw frozen(model);
    if (options.lora && model.weights.adapted().size === 0) addAdapter(model, options.lora);
    this.names = trainable(model, options.parts);
    const parameters = this.names.map((name) => model.weights.get(name));
    this.optimizer = optimizerOf(parameters, parameters.map(decays));
    this.names.forEach((name, i) => model.weights.set(name, this.optimizer.parameters[i] as tf.Tensor));
  }

  /**
   * One update at this learning rate. Throws `run/diverged` and changes nothing when the loss is not finite; `settings/invalid` on
   * soft targets of another tokenizer.
   */
  async step(examples: readonly TrainingExample[], rate: number): Promise<StepResult> {
    return await this.stepOn(batchOf(this.#model, this.#features, examples, this.options.soft), rate);
  }

  /** As {@link step}, on a batch that is laid out already. Nothing is read back but the loss, after all has been recorded. */
  async stepOn(batch: Batch, rate: number): Promise<StepResult> {
    const { clipNorm, weightDecay } = this.options;
    const total = this.#gather(batch);
    this.optimizer.update({ ...BETAS, clipNorm, weightDecay, step: this.steps + 1, rate, loss: total });
    const loss = await scalar(total);
    total.dispose();
    if (!Number.isFinite(loss)) throw diverged(loss, this.steps);
    this.steps++;
    return resultOf(loss, batch);
  }

  dispose(): void {
    this.optimizer.dispose();
  }

  /** Gathers the gradients of a batch, part by part, and gives its mean loss. */
  #gather(batch: Batch): tf.Scalar {
    const { atOnce, recompute, halves = false } = this.options;
    return tf.tidy(() => partsOf(batch, atOnce ?? Infinity).map((part) => tf.tidy(() => {
      const share = part.labels.length / batch.labels.length;
      const loss = (): tf.Scalar => meanLoss(this.#model, this.#features, part, recompute, new Set(this.optimizer.parameters));
      const { value, grads } = remembering(halves ? 'f16' : 'f32', () => tf.valueAndGrads(loss)([...this.optimizer.parameters]));
      this.optimizer.gather(grads, share);
      return share === 1 ? value : tf.mul<tf.Scalar>(value, share);
    })).reduce((sum, part) => tf.add(sum, part)));
  }
}

/** Mean loss over the target tokens of a batch, without an update; soft targets count nothing. */
export async function lossOf(model: SpeakingModel, features: VisionFeatures, examples: readonly TrainingExample[]): Promise<StepResult> {
  const batch = batchOf(model, features, examples);
  const value = meanLoss(model, features, batch);
  const loss = await scalar(value);
  value.dispose();
  return resultOf(loss, batch);
}

/**
 * The loss of a batch as a scalar that gradients can be taken of: only labelled rows are finished.
 * @param recompute whether layers are computed again for their gradient. Who packs a model is short of memory: beside packed
 *   weights the layers' intermediate results would take the most of it, so that is the default then.
 * @param trained what the gradient is taken for, which spares the others when layers are computed again
 */
export function meanLoss(
  model: SpeakingModel, features: VisionFeatures, batch: Batch, recompute = model.scheme !== 'f32', trained: ReadonlySet<tf.Tensor> | 'all' = 'all',
): tf.Scalar {
  return tf.tidy(() => {
    const hidden = forward(model, features, batch.sequences, batch.tokens, { rows: batch.labelRows, ...recompute && { recompute: trained } });
    const head = headOf(model.weights, model.config.decoder);
    return batch.soft ? distillationLoss(hidden, head, batch.labels, batch.soft) : crossEntropy(hidden, head, batch.labels);
  });
}

/** As in Hugging Face's trainer: matrices decay, norms and biases do not. */
function decays(parameter: tf.Tensor): boolean {
  return parameter.rank > 1;
}

function resultOf(loss: number, { labels, realTokens }: Batch): StepResult {
  return { loss, targets: labels.length, tokens: realTokens };
}

async function scalar(value: tf.Scalar): Promise<number> {
  return (await value.data())[0] as number;
}

function diverged(loss: number, steps: number): ComdError {
  return new ComdError('run/diverged', `The loss is ${loss} after ${steps} steps.`, 'Lower the learning rate, or start from another seed.');
}

function frozen({ name, scheme }: SpeakingModel): ComdError {
  return new ComdError('settings/invalid', `The decoder of "${name}" is kept as ${scheme} and cannot be trained itself.`,
    'Train an adapter through it (LoRA), or keep its weights in f32.');
}
