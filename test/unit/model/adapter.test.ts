import { beforeAll, describe, expect, test } from 'vitest';
import { openAdapter } from '../../../src/checkpoint/adapter';
import { filesSource } from '../../../src/checkpoint/files-source';
import { addAdapter, applyAdapter, exportAdapter } from '../../../src/model/adapter';
import { restoreSnapshot, takeSnapshot } from '../../../src/train/snapshot';
import { lossOf, Trainer } from '../../../src/train/trainer';
import { useWasm } from '../../support/backend';
import { tiny } from '../../support/random-checkpoint';
import { type Seen, seenModel } from '../../support/seen';

beforeAll(useWasm);

const lora = { rank: 3, alpha: 6, targets: ['q_proj', 'down_proj'] };
const parts: ('connector' | 'adapter')[] = ['connector', 'adapter'];
const options = { parts, lora, weightDecay: 0, clipNorm: 1 };
const examples = [{ images: ['a'], prompt: 'what?', target: 'a red hat' }, { images: ['b'], prompt: 'how many?', target: 'two' }];
const loss = async ({ model, features }: Seen) => (await lossOf(model, features, examples)).loss;
const seen = (scheme: 'f32' | 'int8' | 'int4' = 'f32') => seenModel(tiny, ['a', 'b'], scheme);

async function trained(scheme: 'f32' | 'int8' | 'int4' = 'f32', steps = 4): Promise<Seen & { trainer: Trainer; losses: number[] }> {
  const held = await seen(scheme);
  const trainer = new Trainer(held.model, held.features, options);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push((await trainer.step(examples, 1e-2)).loss);
  return { ...held, trainer, losses };
}

describe('a fresh adapter', () => {
  test('leaves the model as it was until it is trained', async () => {
    const held = await seen();
    const before = await loss(held);
    addAdapter(held.model, lora);
    expect(await loss(held)).toBeCloseTo(before, 6);
  });

  test('lies over the named layers alone, with the named rank', async () => {
    const { model } = await seen();
    addAdapter(model, lora);
    expect([...model.weights.adapted().keys()]).toEqual([0, 1].flatMap((layer) => ['self_attn.q_proj', 'mlp.down_proj'].map((name) => `language_model.model.layers.${layer}.${name}`)));
    expect(model.weights.get('language_model.model.layers.0.mlp.down_proj.lora_A.weight').shape).toEqual([20, 3]);
    expect(model.weights.get('language_model.model.layers.0.mlp.down_proj.lora_B.weight').shape).toEqual([3, 16]);
  });

  test('over a layer that does not exist is refused by its name', async () => {
    const { model } = await seen();
    expect(() => addAdapter(model, { ...lora, targets: ['q_proj', 'c_attn'] })).toThrow(expect.objectContaining({ code: 'settings/invalid', message: expect.stringContaining('c_attn') }));
  });
});

describe('training an adapter', () => {
  test.each(['f32', 'int8', 'int4'] as const)('over weights in %s lowers the loss and leaves the decoder as it was', async (scheme) => {
    const held = await trained(scheme, 12);
    expect(held.losses.at(-1)).toBeLessThan(0.9 * (held.losses[0] as number));
    const norm = 'language_model.model.norm.weight';
    expect(await held.model.weights.stored(norm)).toEqual(await (await seen(scheme)).model.weights.stored(norm));
  });

  test('of a decoder that is packed is refused with what to do', async () => {
    const { model, features } = await seen('int4');
    expect(() => new Trainer(model, features, { parts: ['connector', 'decoder'], weightDecay: 0, clipNorm: 1 }))
      .toThrow(expect.objectContaining({ code: 'settings/invalid', message: expect.stringContaining('int4'), remedy: expect.stringContaining('LoRA') }));
  });

  test('goes on from a snapshot to the bit, in a model that had no adapter yet', async () => {
    const first = await trained('int8');
    const snapshot = await takeSnapshot(first.model, first.trainer);
    const after = (await first.trainer.step(examples, 1e-2)).loss;
    const again = await seen('int8');
    const trainer = restoreSnapshot(again.model, again.features, snapshot);
    expect((await trainer?.step(examples, 1e-2))?.loss).toBe(after);
  });
});

test('an adapter that was written and read again answers as it did, its connector included', async () => {
  const first = await trained();
  const files = await exportAdapter(first.model, lora);
  expect([...files.keys()].sort()).toEqual(expect.arrayContaining(['adapter_config.json', 'adapter_model.safetensors']));
  const again = await seen();
  expect(await loss(again)).not.toBeCloseTo(await loss(first), 3);
  const blobs = new Map([...files].map(([name, bytes]) => [name, new Blob([bytes])]));
  applyAdapter(again.model, await openAdapter(filesSource('adapter', blobs), 'llava'));
  expect(await loss(again)).toBeCloseTo(await loss(first), 5);
});

test('an adapter of another model is refused by the layer', async () => {
  const files = await exportAdapter((await trained('f32', 1)).model, lora);
  const blobs = new Map([...files].map(([name, bytes]) => [name, new Blob([bytes])]));
  const adapter = await openAdapter(filesSource('adapter', blobs), 'llava');
  const { model } = await seenModel({ ...tiny, text: { ...tiny.text, intermediate: 24 } }, []);
  expect(() => applyAdapter(model, adapter)).toThrow(expect.objectContaining({ code: 'checkpoint/shape', message: expect.stringContaining('down_proj') }));
});
