import { signal, type Signal } from '@preact/signals';
import { beforeEach, describe, expect, test } from 'vitest';
import { SpeedSession } from '../../../../src/app/speed/speed-session';
import { FakeSpeed, settled, software } from '../../../support/fake-speed';

let fake: FakeSpeed;
let hindrance: Signal<string | null>;
beforeEach(() => {
  fake = new FakeSpeed();
  hindrance = signal(null);
});

async function looked(steps?: number): Promise<SpeedSession> {
  const session = new SpeedSession(fake.start, hindrance, steps);
  await session.look();
  return session;
}
/** Begins a round; its first case is being measured then. */
async function begun(steps?: number): Promise<SpeedSession> {
  const session = await looked(steps);
  void session.measure();
  await settled();
  return session;
}

describe('a round of measurements', () => {
  test('takes one case after the other, each in a thread of its own, and every product once', async () => {
    const session = await begun();
    expect(session.entries.value).toHaveLength(8);
    expect(session.present.value).toEqual({ place: 0, doing: 'steps' });
    for (let i = 1; i <= 8; i++) await fake.measured(i);
    expect(fake.calls).toEqual([
      'product webgpu ours', 'train webgpu ours', 'product webgpu stock', 'train webgpu stock', 'product wasm ours', 'train wasm ours',
      'product wasm stock', 'train wasm stock', 'decode webgpu ours', 'decode webgpu stock', 'decode wasm ours', 'decode wasm stock',
    ]);
    expect([fake.most, fake.open]).toEqual([1, 0]);
    expect([session.state.value, session.present.value]).toEqual(['finished', null]);
    expect(session.entries.value.map(({ outcome }) => outcome)).toMatchObject([1, 2, 3, 4, 5, 6, 7, 8].map((msPerStep) => ({ msPerStep })));
    expect(session.processor.value).toBe('CPU, SIMD, 8 threads of 8 cores');
  });

  test('leaves a software adapter out unless it is asked for, and comes to it last', async () => {
    fake.adapter = software;
    const session = await begun();
    expect(session.entries.value.map(({ of }) => of.backend)).toEqual(['wasm', 'wasm', 'wasm', 'wasm']);
    session.stop();
    session.softwareToo.value = true;
    void session.measure();
    expect(session.entries.value.filter(({ of }) => of.task === 'train').map(({ of }) => of.backend)).toEqual(['wasm', 'wasm', 'webgpu', 'webgpu']);
    session.stop();
  });

  test('counts as many steps as it is told', async () => {
    const session = await begun(1);
    expect(fake.calls).toContain('train webgpu ours 1');
    session.stop();
  });

  test('goes on past a case that fails, whose reason stands in its place', async () => {
    const session = await begun();
    await fake.failed('The loss does not fall.');
    expect(session.entries.value[0]?.outcome).toEqual({ work: 'train llama', backend: 'webgpu', runtime: 'page', implementation: 'ours', reason: 'The loss does not fall.' });
    expect(session.present.value).toEqual({ place: 1, doing: 'steps' });
    session.stop();
  });

  test('can be stopped, which ends its thread and keeps what was measured', async () => {
    const session = await begun();
    await fake.measured(5);
    session.stop();
    await settled();
    expect([session.state.value, session.present.value, fake.open]).toEqual(['stopped', null, 0]);
    expect(session.entries.value.map(({ outcome }) => outcome !== null)).toEqual([true, ...new Array<boolean>(7).fill(false)]);
  });

  test('is not mixed up with the one before it', async () => {
    const session = await begun();
    session.stop();
    void session.measure();
    await settled();
    expect([session.state.value, fake.open, fake.most]).toEqual(['running', 1, 1]);
    expect(session.entries.value.every(({ outcome }) => outcome === null)).toBe(true);
    session.stop();
  });
});

describe('beside a distillation', () => {
  test('nothing is begun', async () => {
    hindrance.value = 'A distillation is running.';
    const session = await begun();
    expect([session.state.value, fake.calls]).toEqual(['idle', []]);
  });

  test('a round ends when one begins', async () => {
    const session = await begun();
    hindrance.value = 'A distillation is running.';
    await settled();
    expect([session.state.value, fake.open]).toEqual(['interrupted', 0]);
  });
});

test('nothing is begun before it is known what WebGPU offers; where that cannot be told, there is none', async () => {
  const broken = { ...fake.start(), adapter: () => Promise.reject(new Error('broken')) };
  const session = new SpeedSession(() => broken, hindrance, undefined);
  await session.measure();
  expect(session.state.value).toBe('idle');
  await expect(session.look()).rejects.toThrow('broken');
  expect([session.adapter.value, fake.open]).toEqual([null, 0]);
});
