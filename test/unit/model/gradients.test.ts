/** Gradients of the parts of the model and of the whole against finite differences. */
import type * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, test } from 'vitest';
import { connector } from '../../../src/model/connector';
import { decoder } from '../../../src/model/decoder';
import { Weights } from '../../../src/model/weights';
import { causalMask } from '../../../src/ops/attention';
import { rotationOf } from '../../../src/ops/rotary';
import { batchOf } from '../../../src/train/batch';
import { meanLoss } from '../../../src/train/trainer';
import { useWasm } from '../../support/backend';
import { expectGradients, randomTensor } from '../../support/gradient';
import { tiny } from '../../support/random-checkpoint';
import { type Seen, seenModel } from '../../support/seen';

let seen: Seen;
beforeAll(async () => {
  await useWasm();
  seen = await seenModel(tiny, ['a', 'b']);
});

/** The model's weights with some of them replaced by what is being differentiated. */
function replaced(names: readonly string[], tensors: readonly tf.Tensor[]): Weights {
  const weights = new Weights();
  for (const name of seen.model.weights.names()) weights.set(name, tensors[names.indexOf(name)] ?? seen.model.weights.get(name));
  return weights;
}

describe('gradients agree with finite differences', () => {
  test('for the connector and its input', async () => {
    const names = ['linear_1.weight', 'linear_1.bias', 'linear_2.weight', 'linear_2.bias'].map((name) => `multi_modal_projector.${name}`);
    const weights = names.map((name) => seen.model.weights.get(name));
    await expectGradients(
      (x, ...tensors) => connector(replaced(names, tensors), seen.model.config, x as tf.Tensor2D),
      [randomTensor([5, tiny.vision.hidden], 'x'), ...weights],
    );
  });

  test('for every weight of a decoder layer and its input', async () => {
    const names = seen.model.weights.names().filter((name) => name.startsWith('language_model.model.layers.0.'));
    const config = { ...seen.model.config.decoder, layers: 1 };
    const [batch, tokens] = [2, 4];
    const pass = {
      batch, tokens, mask: causalMask(tokens),
      rotation: rotationOf([0, 1, 2, 3, 0, 1, 2, 3], config.headDim, config.theta),
    };
    await expectGradients(
      (x, ...tensors) => decoder(replaced(names, tensors), config, x as tf.Tensor2D, pass),
      [randomTensor([batch * tokens, config.hidden], 'x'), ...names.map((name) => seen.model.weights.get(name))], 1e-2,
    );
  });

  test('for the loss of the whole model, from the connector to the tied embedding', async () => {
    const names = [
      'multi_modal_projector.linear_1.weight', 'language_model.model.embed_tokens.weight', 'language_model.model.norm.weight',
      'language_model.model.layers.1.self_attn.k_proj.weight', 'language_model.model.layers.0.mlp.up_proj.weight',
    ];
    const batch = batchOf(seen.model, [
      { image: 'a', prompt: 'what?', target: 'one' },
      { image: 'b', prompt: null, target: 'a caption' },
      { image: 'a', prompt: 'and a longer one', target: 'x' },
    ]);
    await expectGradients(
      (...tensors) => meanLoss({ ...seen.model, weights: replaced(names, tensors) }, seen.features, batch),
      names.map((name) => seen.model.weights.get(name)),
    );
  });
});
