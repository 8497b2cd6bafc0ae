import { beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint } from '../../../src/checkpoint/open';
import { exportModel, loadModel } from '../../../src/model/model';
import { cutPatches } from '../../../src/model/vision-tower';
import { lossOf } from '../../../src/train/trainer';
import { useWasm } from '../../support/backend';
import { serving } from '../../support/folder';
import { randomCheckpoint, tiny } from '../../support/random-checkpoint';
import { seenModel } from '../../support/seen';

beforeAll(useWasm);
const plain = { scheme: 'f32', onShard: () => undefined } as const;

/** A checkpoint one of whose tensors is listed otherwise than the configuration has it. */
function listing(change: (tensors: ReturnType<typeof randomCheckpoint>['tensors']) => void) {
  const checkpoint = randomCheckpoint(tiny);
  change(checkpoint.tensors);
  return checkpoint;
}

describe('loading a checkpoint', () => {
  test('counts its parameters', async () => {
    const checkpoint = randomCheckpoint(tiny);
    const { parameters } = await loadModel(checkpoint, plain);
    expect(parameters).toBe([...checkpoint.tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0));
  });

  test('refuses a tensor of another shape before any number is read', async () => {
    const name = 'language_model.model.layers.1.mlp.up_proj.weight';
    const checkpoint = { ...listing((tensors) => tensors.set(name, { dtype: 'F32', shape: [20, 15], file: 'a.safetensors', stored: name })), read: () => expect.fail('read') };
    await expect(loadModel(checkpoint, plain)).rejects.toMatchObject({
      code: 'checkpoint/shape', message: `a.safetensors: tensor "${name}" must be [20, 16] by config.json, but is [20, 15].`,
    });
  });

  test('names a tensor that is missing', async () => {
    const checkpoint = listing((tensors) => tensors.delete('language_model.model.norm.weight'));
    await expect(loadModel(checkpoint, plain)).rejects.toMatchObject({
      code: 'checkpoint/missing-file', message: expect.stringContaining('language_model.model.norm.weight'),
    });
  });

  test('takes a tokenizer with more tokens than embeddings, and refuses the prompt that uses one', async () => {
    const { model, features } = await seenModel({ ...tiny, text: { ...tiny.text, vocabulary: 150 } }, ['a']);
    const loss = (target: string) => lossOf(model, features, [{ images: ['a'], prompt: 'what?', target }]);
    await expect(loss('plain')).resolves.toMatchObject({ targets: 7 });
    await expect(loss('\u00ff\u00fe')).rejects.toMatchObject({ code: 'checkpoint/shape', message: expect.stringMatching(/token with id \d+.*150/) });
  });

  test('takes a connector of one layer without biases', async () => {
    const checkpoint = listing((tensors) => {
      for (const name of ['linear_1.bias', 'linear_2.weight', 'linear_2.bias']) tensors.delete(`multi_modal_projector.${name}`);
    });
    const { weights } = await loadModel(checkpoint, plain);
    expect(weights.has('multi_modal_projector.linear_1.weight')).toBe(true);
    expect(weights.has('multi_modal_projector.linear_2.weight')).toBe(false);
  });
});

test('an exported checkpoint loads again with every number as it was, those that are not used included', async () => {
  const extra = 'vision_tower.vision_model.post_layernorm.weight';
  const original = randomCheckpoint(tiny);
  original.tensors.set(extra, { dtype: 'F32', shape: [12], file: 'model.safetensors', stored: extra });
  const numbers = new Map<string, Uint8Array>();
  await original.read({ onSlice: ({ name, bytes }) => { numbers.set(name, bytes.slice()); }, onShard: plain.onShard });

  const files = await exportModel(await loadModel(original, plain));
  const again = await openCheckpoint('http://test/again', serving(files));
  expect([...again.tensors.keys()]).toEqual([...original.tensors.keys()]);
  const found = new Map<string, number[]>();
  await again.read({ onSlice: ({ name, bytes }) => { found.set(name, [...found.get(name) ?? [], ...bytes]); }, onShard: plain.onShard });
  for (const [name, bytes] of numbers) expect(found.get(name), name).toEqual([...bytes]);
});

describe('vision features', () => {
  test('of an image do not depend on the images seen with it', async () => {
    const alone = await seenModel(tiny, ['b']);
    const among = await seenModel(tiny, ['a', 'b', 'c']);
    expect(await among.features.rows(['b']).data()).toEqual(await alone.features.rows(['b']).data());
  });

  test('refuse an image of another size than the tower\'s', async () => {
    const { features } = await seenModel(tiny, []);
    await expect(features.see([{ name: 'big', tiles: [new Float32Array(12 * 12 * 3)], size: 12, rows: 0, cols: 0 }])).rejects.toMatchObject({
      code: 'checkpoint/unsupported', message: expect.stringContaining('12 × 12'),
    });
  });
});

test('patches are cut row by row, each in the order channel, y, x', () => {
  const pixels = Float32Array.from({ length: 4 * 4 * 3 }, (_, at) => at);
  const out = new Float32Array(pixels.length);
  cutPatches(pixels, { hidden: 1, intermediate: 1, layers: 1, heads: 1, image: 4, patch: 2, activation: 'gelu', epsilon: 1, kind: 'clip', reads: [1], dropsFirst: true, postNorm: false }, out);
  expect(Array.from(out.subarray(0, 12))).toEqual([0, 3, 12, 15, 1, 4, 13, 16, 2, 5, 14, 17]);
  expect(out[12]).toBe(6);
  expect(out[24]).toBe(24);
});
