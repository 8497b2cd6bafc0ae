/** Gradients of the parts of the model and of the whole against finite differences. */
import type * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, test } from 'vitest';
import { addAdapter } from '../../../src/model/adapter';
import type { ConnectorConfig } from '../../../src/model/config/config';
import { connector } from '../../../src/model/connector';
import { decoder, headsOf } from '../../../src/model/decoder';
import { turnsAt } from '../../../src/model/rope';
import { lora, Weights } from '../../../src/model/weights';
import { causal } from '../../../src/ops/attention/attention';
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

/** A model's weights with some of them replaced by what is being differentiated. */
function replaced(names: readonly string[], tensors: readonly tf.Tensor[], { model } = seen): Weights {
  const weights = new Weights(model.weights);
  for (const name of model.weights.names()) {
    const tensor = tensors[names.indexOf(name)];
    weights.set(name, tensor ?? model.weights.weight(name));
  }
  for (const [layer, scale] of model.weights.adapted()) {
    const [a, b] = [lora.a, lora.b].map((factor) => weights.get(`${layer}.${factor}`) as tf.Tensor2D) as [tf.Tensor2D, tf.Tensor2D];
    weights.adapt(layer, a, b, scale);
  }
  return weights;
}

describe('gradients agree with finite differences', () => {
  test('for the connector and its input', async () => {
    const names = ['linear_1.weight', 'linear_1.bias', 'linear_2.weight', 'linear_2.bias'].map((name) => `multi_modal_projector.${name}`);
    const weights = names.map((name) => seen.model.weights.get(name));
    await expectGradients(
      (x, ...tensors) => connector(replaced(names, tensors), seen.model.config.connector as ConnectorConfig, x as tf.Tensor2D),
      [randomTensor([5, tiny.vision.hidden], 'x'), ...weights],
    );
  });

  test('for every weight of a decoder layer and its input', async () => {
    const names = seen.model.weights.names().filter((name) => name.startsWith('language_model.model.layers.0.'));
    const config = { ...seen.model.config.decoder, layers: 1 };
    const [batch, tokens] = [2, 4];
    const turns = turnsAt(seen.model.weights, config, Int32Array.of(0, 1, 2, 3, 0, 1, 2, 3));
    const pass = { shape: { ...headsOf(config), batch, tokens }, mask: causal(), turns };
    await expectGradients(
      (x, ...tensors) => decoder(replaced(names, tensors), config, x as tf.Tensor2D, pass),
      [randomTensor([batch * tokens, config.hidden], 'x'), ...names.map((name) => seen.model.weights.get(name))], 1e-2,
    );
  });

  test('for the loss of the whole model, from the connector to the tied embedding', async () => {
    const names = [
      'multi_modal_projector.linear_1.weight', 'language_model.model.embed_tokens.weight', 'language_model.model.norm.weight',
      'language_model.model.layers.1.self_attn.qkv_proj.weight', 'language_model.model.layers.0.mlp.gate_up_proj.weight',
    ];
    const batch = batchOf(seen.model, seen.features, [
      { images: ['a'], prompt: 'what?', target: 'one' },
      { images: ['b'], prompt: null, target: 'a caption' },
      { images: ['a'], prompt: 'and a longer one', target: 'x' },
    ]);
    await expectGradients(
      (...tensors) => meanLoss({ ...seen.model, weights: replaced(names, tensors) }, seen.features, batch),
      names.map((name) => seen.model.weights.get(name)),
    );
  });

  test.each(['f32', 'int8'] as const)('for both factors of an adapter and the connector, through frozen weights in %s', async (scheme) => {
    const held = await seenModel(tiny, ['a'], scheme);
    addAdapter(held.model, { rank: 2, alpha: 4, targets: ['q_proj', 'o_proj'] });
    const layer = 'language_model.model.layers.0.self_attn.q_proj';
    held.model.weights.set(`${layer}.${lora.b}`, randomTensor([2, 16], 'b'));
    const names = [`${layer}.${lora.a}`, `${layer}.${lora.b}`, 'multi_modal_projector.linear_2.weight'];
    const batch = batchOf(held.model, held.features, [{ images: ['a'], prompt: 'what?', target: 'one' }]);
    await expectGradients(
      (...tensors) => meanLoss({ ...held.model, weights: replaced(names, tensors, held) }, held.features, batch),
      names.map((name) => held.model.weights.get(name)),
    );
  });
});
