/**
 * Trains a model's connector and decoder: forward, backward, clip, AdamW. It knows no schedule and no epochs: its
 * caller says which batch comes next and at which rate.
 */
import * as tf from '@tensorflow/tfjs';
import { ComdError } from '../errors';
import { addAdapter } from '../model/adapter';
import { outputHead } from '../model/decoder';
import { forward } from '../model/forward';
import type { SpeakingModel } from '../model/model';
import type { VisionFeatures } from '../model/vision-features';
import { adamw, clipFactor, globalNorm } from '../ops/adamw';
import { crossEntropy } from '../ops/cross-entropy';
import type { StepResult, TrainingExample, TrainingOptions } from '../../workers/protocol';
import { type Batch, batchOf } from './batch';

/** Moments of one parameter, shaped as it is. */
export interface Moments {
  mean: tf.Tensor;
  variance: tf.Tensor;
}

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
  /** Updates done so far. */
  steps = 0;
  readonly moments = new Map<string, Moments>();
  readonly #model: SpeakingModel;
  readonly #features: VisionFeatures;

  /** Throws `settings/invalid` where the decoder is to be trained and is packed. */
  constructor(model: SpeakingModel, features: VisionFeatures, options: TrainingOptions) {
    this.#model = model;
    this.#features = features;
    this.options = options;
    if (options.parts.includes('decoder') && model.scheme !== 'f32') throw frozen(model);
    if (options.lora && model.weights.adapted().size === 0) addAdapter(model, options.lora);
    for (const name of trainable(model, options.parts)) {
      const { shape } = model.weights.get(name);
      this.setMoments(name, { mean: tf.zeros(shape), variance: tf.zeros(shape) });
    }
  }

  /** One update at this learning rate. Throws `run/diverged` and changes nothing when the loss is not finite. */
  async step(examples: readonly TrainingExample[], rate: number): Promise<StepResult> {
    const batch = batchOf(this.#model, this.#features, examples);
    const names = [...this.moments.keys()];
    const parameters = names.map((name) => this.#model.weights.get(name));
    const { value, grads } = tf.valueAndGrads(() => meanLoss(this.#model, this.#features, batch))(parameters);
    try {
      const loss = await scalar(value);
      if (!Number.isFinite(loss)) throw diverged(loss, this.steps);
      this.#update(names, grads, rate);
      return resultOf(loss, batch);
    } finally {
      tf.dispose([value, ...grads]);
    }
  }

  /** Takes over the moments and disposes those it held. */
  setMoments(name: string, moments: Moments): void {
    const held = this.moments.get(name);
    tf.keep(moments.mean);
    tf.keep(moments.variance);
    this.moments.set(name, moments);
    if (held) tf.dispose([held.mean, held.variance]);
  }

  dispose(): void {
    for (const { mean, variance } of this.moments.values()) tf.dispose([mean, variance]);
    this.moments.clear();
  }

  #update(names: readonly string[], gradients: readonly tf.Tensor[], rate: number): void {
    const { clipNorm, weightDecay } = this.options;
    this.steps++;
    tf.tidy(() => {
      const factor = clipNorm > 0 ? clipFactor(globalNorm(gradients), clipNorm) : undefined;
      names.forEach((name, i) => {
        const gradient = gradients[i] as tf.Tensor;
        const state = { parameter: this.#model.weights.get(name), ...this.moments.get(name) as Moments };
        const constants = { ...BETAS, weightDecay: decays(state.parameter) ? weightDecay : 0 };
        const clipped = factor ? tf.mul(gradient, factor) : gradient;
        // The connector's is as large as a small model; one of the two is enough.
        if (factor) gradient.dispose();
        const next = adamw(state, clipped, this.steps, rate, constants);
        clipped.dispose();
        this.#model.weights.set(name, next.parameter);
        this.setMoments(name, { mean: next.mean, variance: next.variance });
      });
    });
  }
}

/** Mean loss over the target tokens of a batch, without an update. */
export async function lossOf(model: SpeakingModel, features: VisionFeatures, examples: readonly TrainingExample[]): Promise<StepResult> {
  const batch = batchOf(model, features, examples);
  const value = meanLoss(model, features, batch);
  const loss = await scalar(value);
  value.dispose();
  return resultOf(loss, batch);
}

/** The loss of a batch as a scalar that gradients can be taken of: only labelled rows are finished. */
export function meanLoss(model: SpeakingModel, features: VisionFeatures, batch: Batch): tf.Scalar {
  return tf.tidy(() => {
    const hidden = forward(model, features, batch.sequences, batch.tokens, batch.labelRows);
    return crossEntropy(outputHead(model.weights, model.config.decoder, hidden), batch.labels);
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
