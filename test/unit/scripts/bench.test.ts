import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { between, installOdometer, type Odometer } from '../../../scripts/bench/odometer';
import type { Contender } from '../../../scripts/bench/steps/contender';
import { casesOf } from '../../../scripts/bench/steps/implementations';
import { initialWeights, rotation } from '../../../scripts/bench/steps/initial';
import { checkLosses, measure } from '../../../scripts/bench/steps/measure';
import { medianOf, rowOf, tableOf, type Case, type Row } from '../../../scripts/bench/steps/row';
import { run, type Place } from '../../../scripts/bench/steps/run';
import { readWishes } from '../../../scripts/bench/steps/wishes';
import { architectures, batchNumber, operations, parameters, shape } from '../../../scripts/bench/steps/work';
import { ComdError } from '../../../src/errors';

const trainOnGpu: Case = { task: 'train', architecture: 'llama', backend: 'webgpu', runtime: 'chromium', implementation: 'stock' };
const counts = { dispatches: 1118, submits: 75, uploads: 1415, readbacks: 1, errors: 0 };
const still: Odometer = { read: () => ({ ...counts }), bytes: () => ({ live: 0, peak: 7 }), forgetPeak: () => undefined };

function refusal(...args: string[]): ComdError {
  try {
    readWishes(args);
  } catch (error) {
    if (error instanceof ComdError) return error;
    throw error;
  }
  throw new Error(`${args.join(' ')} was not refused`);
}

describe('the command line of bench', () => {
  test('measures everything in Chromium when nothing is said', () => {
    expect(readWishes([])).toEqual({ work: [], runtime: 'chromium' });
  });

  test('reads every flag', () => {
    const line = '--json a.json --backend wasm --implementation=jax-js --steps 5 --adapter software --runtime dawn --work';
    expect(readWishes([...line.split(' '), 'train llama'])).toEqual({ json: 'a.json', work: ['train', 'llama'], backend: 'wasm', implementation: 'jax-js', steps: 5, adapter: 'software', runtime: 'dawn' });
  });

  test.each([
    ['--backend', 'webgl'], ['--implementation', 'torch'], ['--work', 'sleep'], ['--steps', '0'], ['--runtime', 'deno'], ['--adapter', 'any'], ['--fast'],
  ])(
    'refuses %s %s by name', (...args) => {
      const { code, message, remedy } = refusal(...args);
      expect(code).toBe('settings/invalid');
      expect(message).toContain(args[0]);
      expect(remedy).not.toBe('');
    });

  test('tells its flags when asked', () => {
    expect(readWishes(['--help'])).toBe('help');
  });
});

describe('what is measured', () => {
  test('is as large as the models that the figures of the peers are of', () => {
    expect(parameters('llama')).toBe(824_448);
    expect(parameters('nano')).toBe(819_200);
    expect(operations('train', 'llama') / 1e9).toBeCloseTo(2.53, 2);
  });

  test.each(architectures)('begins with as many %s weights as are counted', (architecture) => {
    const weights = initialWeights(architecture);
    expect(weights).toHaveLength({ llama: 38, nano: 17 }[architecture]);
    expect(weights.reduce((sum, { data }) => sum + data.length, 0)).toBe(parameters(architecture));
  });

  test('is fed sequences in which every target is the next input', () => {
    const { inputs, targets } = batchNumber(3);
    for (let i = 0; i + 1 < inputs.length; i++) if ((i + 1) % shape.tokens !== 0) expect(targets[i]).toBe(inputs[i + 1]);
    expect(Math.max(...inputs, ...targets)).toBeLessThan(shape.vocabulary);
    expect(batchNumber(4).inputs).not.toEqual(inputs);
  });

  test('turns the first position by nothing, and the two halves of a head alike', () => {
    const { cos, sin } = rotation(2);
    expect([...cos.subarray(0, shape.headWidth)]).toEqual(new Array(shape.headWidth).fill(1));
    expect(sin[shape.headWidth]).toBe(sin[shape.headWidth * 3 / 2]);
    expect(sin[shape.headWidth]).toBeCloseTo(Math.sin(1), 6);
  });

  test('is done by every implementation that can, those of one work one after the other', () => {
    const cases = casesOf({ runtime: 'chromium', work: ['train', 'nano'], backend: 'webgpu' });
    expect(cases.map(({ implementation }) => implementation)).toEqual(['ours', 'stock', 'nanogpt', 'jax-js']);
    expect(casesOf({ runtime: 'chromium', work: [], implementation: 'nanogpt', backend: 'wasm' })).toEqual([]);
  });

  test('is done on WebGPU alone, by ours and stock, in Node', () => {
    const cases = casesOf({ runtime: 'dawn', work: [] });
    expect(new Set(cases.map(({ implementation }) => implementation))).toEqual(new Set(['ours', 'stock']));
    expect(new Set(cases.map(({ backend }) => backend))).toEqual(new Set(['webgpu']));
  });
});

describe('the rows', () => {
  test('have a median with as many numbers above as below it', () => {
    fc.assert(fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (numbers) => {
      const median = medianOf(numbers);
      expect(numbers.filter((number) => number < median).length).toBeLessThanOrEqual(numbers.length / 2);
      expect(numbers.filter((number) => number > median).length).toBeLessThanOrEqual(numbers.length / 2);
    }));
    expect(medianOf([4, 1, 3])).toBe(3);
    expect(medianOf([4, 1, 3, 2])).toBe(2.5);
    expect(() => medianOf([])).toThrow('median');
  });

  const row = rowOf(trainOnGpu, { warmUp: [5.5], milliseconds: [1000, 3000, 2000], counts: [counts, counts, counts], peakBytes: 170.8e6 }, 5e8);

  test('hold the medians with their spread', () => {
    expect(row).toMatchObject({
      work: 'train llama', backend: 'webgpu', runtime: 'chromium', implementation: 'stock', dispatchesPerStep: 1118, submitsPerStep: 75, uploadsPerStep: 1415,
      readbacksPerStep: 1, msPerStep: 2000, msLow: 1000, msHigh: 3000, tokensPerSecond: 256, matmulPeakGflops: 0.5, peakDeviceBytes: 170.8e6,
    });
    expect(row.gflops).toBeCloseTo(2.533 / 2, 3);
  });

  test('say of WASM that there is nothing to count', () => {
    const measured = { warmUp: [5.5], milliseconds: [1], counts: [counts], peakBytes: 0 };
    const { dispatchesPerStep, readbacksPerStep } = rowOf({ ...trainOnGpu, backend: 'wasm' }, measured, 1);
    expect([dispatchesPerStep, readbacksPerStep]).toEqual([null, null]);
  });

  test('stand under each other', () => {
    const lines = tableOf([row, { ...row, implementation: 'nanogpt', dispatchesPerStep: null } satisfies Row]);
    expect(lines).toHaveLength(3);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(lines[1]).toContain('1118');
    expect(lines[2]).toContain('–');
  });
});

describe('a measurement', () => {
  const contender = (gives: () => number): Contender => {
    const each = () => Promise.resolve(() => Promise.resolve(gives()));
    return { device: 'none', trainer: each, decoder: each, product: () => Promise.reject(new Error('unused')) };
  };

  test('takes as many steps as are wanted, without the first ones', async () => {
    let loss = 5.6;
    const { milliseconds, peakBytes, warmUp } = await measure(contender(() => loss -= 0.1), 'train', 'llama', 4, still);
    expect(milliseconds).toHaveLength(4);
    expect(peakBytes).toBe(7);
    expect(warmUp).toHaveLength(3);
  });

  test('does not go on decoding past the end of the sequence', async () => {
    const { milliseconds } = await measure(contender(() => 65), 'decode', 'llama', 1000, still);
    expect(milliseconds.length).toBeLessThan(shape.tokens);
  });

  test('refuses losses that make no sense', async () => {
    expect(() => checkLosses([5.55, 5.4, 5.2])).not.toThrow();
    expect(() => checkLosses([5.55, 5.4, Number.NaN])).toThrow('does not fall');
    expect(() => checkLosses([Number.NaN, 5.4, 5.2])).toThrow('guessing');
    expect(() => checkLosses([5.55, 5.56, 5.57])).toThrow('does not fall');
    await expect(measure(contender(() => Number.NaN), 'decode', 'llama', 1, still)).rejects.toThrow('NaN');
  });

  test('fails alone: the others get their rows all the same', async () => {
    const place: Place = {
      software: true,
      product: () => Promise.resolve({ rate: 1e9, device: 'a device' }),
      measure: ({ implementation }) => implementation === 'nanogpt' ? Promise.reject(new Error('The loss is NaN.'))
        : Promise.resolve({ warmUp: [], milliseconds: [5], counts: [counts], peakBytes: 1 }),
    };
    const { rows, failures } = await run(casesOf({ runtime: 'chromium', work: ['train', 'nano'], backend: 'webgpu' }), undefined, place, () => undefined);
    expect(rows.map(({ implementation }) => implementation)).toEqual(['ours', 'stock', 'jax-js']);
    expect(failures).toEqual([{ work: 'train nano', backend: 'webgpu', runtime: 'chromium', implementation: 'nanogpt', reason: 'The loss is NaN.' }]);
  });
});

describe('the odometer', () => {
  class Buffer {
    mapAsync(_mode: number): Promise<void> {
      return Promise.resolve();
    }
    destroy(): void {}
  }
  class Device {
    readonly queue = new Queue();
    createBuffer(_: { size: number; mappedAtCreation?: boolean }): Buffer {
      return new Buffer();
    }
    addEventListener(_: string, heard: () => void): void {
      heard();
    }
  }
  class Queue {
    submit(): void {}
    writeBuffer(): void {}
  }
  class Pass {
    dispatchWorkgroups(): void {}
    dispatchWorkgroupsIndirect(): void {}
  }
  class Adapter {
    requestDevice(): Promise<Device> {
      return Promise.resolve(new Device());
    }
  }
  beforeAll(() => {
    const classes = {
      GPUBuffer: Buffer, GPUDevice: Device, GPUQueue: Queue, GPUComputePassEncoder: Pass, GPUAdapter: Adapter, GPUMapMode: { READ: 1, WRITE: 2 },
    };
    for (const [name, value] of Object.entries(classes)) vi.stubGlobal(name, value);
  });
  afterAll(() => vi.unstubAllGlobals());

  test('counts what is asked of the API, once, however often it is installed', async () => {
    installOdometer();
    const odometer = installOdometer();
    const before = odometer.read();
    const device = await new Adapter().requestDevice();
    new Pass().dispatchWorkgroups();
    new Pass().dispatchWorkgroupsIndirect();
    device.queue.submit();
    device.queue.writeBuffer();
    const buffer = device.createBuffer({ size: 100, mappedAtCreation: true });
    await buffer.mapAsync(1);
    await buffer.mapAsync(2);
    expect(between(before, odometer.read())).toEqual({ dispatches: 2, submits: 1, uploads: 2, readbacks: 1, errors: 1 });
  });

  test('knows the bytes there are and the most there were', () => {
    const odometer = installOdometer();
    odometer.forgetPeak();
    const { live } = odometer.bytes();
    const buffer = new Device().createBuffer({ size: 1000 });
    buffer.destroy();
    buffer.destroy();
    new Device().createBuffer({ size: 10 });
    expect(odometer.bytes()).toEqual({ live: live + 10, peak: live + 1000 });
  });
});
