import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { between, installOdometer } from '../../../src/bench/odometer';

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
