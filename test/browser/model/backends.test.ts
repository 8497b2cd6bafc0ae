/** What one backend computes the other computes too: training and generation. Every operation is held against its oracle in `ops/`. */
import { describe, expect, test } from 'vitest';
import { openDevice } from '../../../src/device/device';
import { generate, promptLogits } from '../../../src/generate/generate';
import { Trainer } from '../../../src/train/trainer';
import { expectClose } from '../../support/close';
import { tiny } from '../../support/random-checkpoint';
import { seenModel } from '../../support/seen';

/** The software adapter that tests run on is slow. */
const small = { ...tiny, text: { ...tiny.text, layers: 1 }, vision: { ...tiny.vision, layers: 1 } };

// Shaders compile slowly on the software adapter.
describe('WebGPU and WASM agree', { timeout: 240_000 }, () => {
  test.each(['f16', 'int8', 'int4'] as const)('on the scores of a model in %s, alone and under an adapter', async (scheme) => {
    const scores = async (backend: 'wasm' | 'webgpu') => {
      await openDevice(backend);
      const { model, features } = await seenModel(small, ['a'], scheme);
      const request = { key: 'k', images: ['a'], prompt: 'what is it?' };
      const alone = await promptLogits(model, features, request);
      const trainer = new Trainer(model, features, {
        parts: ['connector', 'adapter'], weightDecay: 0, clipNorm: 1, lora: { rank: 2, alpha: 4, targets: ['q_proj', 'v_proj', 'up_proj', 'down_proj'] },
      });
      for (let step = 0; step < 2; step++) await trainer.step([{ images: ['a'], prompt: 'what?', target: 'a hat' }], 1e-2);
      return [alone.lastLogits, (await promptLogits(model, features, request)).lastLogits];
    };
    const [wasm, webgpu] = [await scores('wasm'), await scores('webgpu')];
    webgpu.forEach((logits, i) => expectClose(logits, wasm[i] as Float32Array, 1e-3));
  });

  test('on the first losses of a training and on what is generated after it', async () => {
    const run = async (backend: 'wasm' | 'webgpu') => {
      const device = await openDevice(backend);
      const { model, features } = await seenModel(small, ['a', 'b']);
      const trainer = new Trainer(model, features, { parts: ['connector', 'decoder'], weightDecay: 0, clipNorm: 1 });
      const losses = [];
      for (let step = 0; step < 3; step++) {
        losses.push((await trainer.step([
          { images: ['a'], prompt: 'what?', target: 'a hat' }, { images: ['b'], prompt: 'how many?', target: 'two' }, { images: ['a'], prompt: null, target: 'a hat' },
        ], 5e-3)).loss);
      }
      const said = await generate(model, features, [{ key: 'k', images: ['a'], prompt: 'what?' }], { temperature: 0, maxNewTokens: 3, seed: 1 });
      device.check();
      return { losses, said };
    };
    const wasm = await run('wasm');
    const webgpu = await run('webgpu');
    webgpu.losses.forEach((loss, step) => expect(Math.abs(loss - (wasm.losses[step] as number)), `step ${step}`).toBeLessThan(1e-3));
    expect(webgpu.said).toEqual(wasm.said);
  });
});

test('WebGPU gives the same losses to the bit when a training is repeated', { timeout: 240_000 }, async () => {
  await openDevice('webgpu');
  const run = async () => {
    const { model, features } = await seenModel(small, ['a']);
    const trainer = new Trainer(model, features, { parts: ['connector', 'decoder'], weightDecay: 0, clipNorm: 1 });
    const losses = [];
    for (let step = 0; step < 2; step++) losses.push((await trainer.step([{ images: ['a'], prompt: 'what?', target: 'a hat' }], 5e-3)).loss);
    return losses;
  };
  expect(await run()).toEqual(await run());
});
