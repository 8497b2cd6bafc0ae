/** The model worker as the conductor meets it: in a thread of its own, by comlink. */
import * as Comlink from 'comlink';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filesSource } from '../../../src/checkpoint/files-source';
import { openCheckpoint } from '../../../src/checkpoint/open';
import { ComdError } from '../../../src/errors';
import type { ModelWorker, TrainingExample } from '../../../workers/protocol';
import '../../../workers/transfer';

const folder = new URL('../../fixtures/llava-tiny', import.meta.url).href;
const options = { parts: ['connector', 'decoder'] as ('connector' | 'decoder')[], weightDecay: 0, clipNorm: 1 };
const batch: TrainingExample[] = [
  { images: ['grey'], prompt: 'what is this?', target: 'a red hat' }, { images: ['white'], prompt: 'how many cats?', target: 'two' },
];

let thread: Worker;
let model: Comlink.Remote<ModelWorker>;
beforeEach(() => {
  thread = new Worker(new URL('../../../workers/model.ts', import.meta.url), { type: 'module' });
  model = Comlink.wrap<ModelWorker>(thread);
});
afterEach(() => thread.terminate());

const load = () => model.load({ kind: 'url', url: folder }, { backend: 'wasm', weights: 'f32' }, Comlink.proxy(() => undefined));
const picture = (name: string, value: number) => (
  { name, pixels: { width: 16, height: 16, data: new Uint8ClampedArray(16 * 16 * 4).fill(value) } });
const see = () => model.see([picture('grey', 128), picture('white', 255)]);

describe('a model worker', () => {
  test('loads a checkpoint with progress per shard and says what it runs on', async () => {
    const shards: [string, number, number][] = [];
    const info = await model.load({ kind: 'url', url: folder }, { backend: 'wasm', weights: 'f32' }, Comlink.proxy((...progress: [string, number, number]) => { shards.push(progress); }));
    expect(info).toMatchObject({ name: 'llava-tiny', backend: 'wasm', adapter: expect.stringContaining('SIMD'), why: expect.stringContaining('asked') });
    expect(info.parameters).toBeGreaterThan(1000);
    const finished = shards.filter(([, loaded, total]) => loaded === total).map(([file]) => file);
    expect(new Set(finished)).toEqual(new Set(['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']));
  });

  test('sees an image once, and generates, trains and goes back to a snapshot', async () => {
    await load();
    expect(await model.missing(['grey', 'white', 'grey'])).toEqual(['grey', 'white']);
    await see();
    expect(await model.missing(['grey', 'white'])).toEqual([]);

    const request = { key: 'k', images: ['grey'], prompt: 'what is this?' };
    const said = await model.generate([request, { ...request, images: ['white'] }], { temperature: 0, maxNewTokens: 4, seed: 1 });
    expect(said).toHaveLength(2);
    expect(said[0]!.tokens).toBeGreaterThan(0);

    await model.beginTraining(options);
    const first = await model.step(batch, 1e-2);
    const snapshot = await model.snapshot();
    const second = await model.step(batch, 1e-2);
    expect(second.loss).toBeLessThan(first.loss);
    await model.restore(snapshot);
    expect(await model.step(batch, 1e-2)).toEqual(second);
  });

  test('forgets an image when it is told to, and sees it again', async () => {
    await load();
    await see();
    await model.forget(['grey']);
    expect(await model.missing(['grey', 'white'])).toEqual(['grey']);
    await see();
    expect(await model.missing(['grey', 'white'])).toEqual([]);
  });

  test('scores targets softly, and learns from them', async () => {
    const { tokenizer } = await load();
    expect(tokenizer).toMatch(/^[0-9a-f]{16}$/);
    await see();
    const soft = await model.scoreTargets(batch, 3);
    for (const { tokens, k, ids, logProbs } of soft) {
      expect([k, ids.length, logProbs.length]).toEqual([3, 3 * tokens.length, 3 * tokens.length]);
      expect(logProbs.every((one) => one < 0)).toBe(true);
    }
    const taught = batch.map((example, i) => ({ ...example, soft: soft[i] }));
    await model.beginTraining({ ...options, soft: { weight: 0.5, temperature: 2 } });
    const { loss } = await model.loss(batch);
    const first = await model.step(taught, 1e-3);
    expect(first.loss).toBeGreaterThan(loss);
    expect((await model.step(taught, 1e-3)).loss).toBeLessThan(first.loss);
    const foreign = [{ ...taught[0]!, soft: soft[1] }];
    const error: unknown = await model.step(foreign, 1e-2).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'settings/invalid', message: expect.stringContaining('do not share a tokenizer') });
  });

  test('saves a checkpoint that opens again', async () => {
    await load();
    const files = await model.save();
    const saved = await openCheckpoint(filesSource('saved', new Map([...files].map(([name, bytes]) => [name, new Blob([bytes])]))));
    const original = await openCheckpoint(folder);
    expect(new Set(saved.tensors.keys())).toEqual(new Set(original.tensors.keys()));
  });

  test('holds no more tensors after more steps', async () => {
    await load();
    await see();
    await model.beginTraining(options);
    await model.step(batch, 1e-3);
    const { tensors } = await model.memory();
    await model.step(batch, 1e-3);
    expect((await model.memory()).tensors).toBe(tensors);
    await model.dispose();
  });

  test('sends its errors across whole', async () => {
    const error: unknown = await model.load({ kind: 'url', url: `${folder}-of-nowhere` }, { backend: 'wasm', weights: 'f32' }, Comlink.proxy(() => undefined)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ComdError);
    expect(error).toMatchObject({ code: 'checkpoint/missing-file', message: expect.stringContaining('of-nowhere'), remedy: expect.any(String) });
  });
});

test('tests run under cross-origin isolation, where the backend\'s memory is shared', () => {
  expect(crossOriginIsolated).toBe(true);
});
