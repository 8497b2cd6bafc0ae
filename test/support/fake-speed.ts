/** Threads of the speed screen without threads: they keep note of the calls, and what is measured comes when it is told to. */
import type { Measuring } from '../../src/app/speed/speed-session';
import type { SpeedAdapter, SpeedCase, SpeedRow } from '../../workers/protocol';

export const hardware: SpeedAdapter = { name: 'acme rdna', software: false };
export const software: SpeedAdapter = { name: 'google swiftshader', software: true };

/** A row whose times are in proportion to `milliseconds`. */
export function speedRow({ task, architecture, backend, runtime, implementation }: SpeedCase, milliseconds: number): SpeedRow {
  const tokens = task === 'train' ? 512 : 1;
  const counted = (number: number) => (backend === 'wasm' ? null : number);
  return {
    work: `${task} ${architecture}`, backend, runtime, implementation,
    dispatchesPerStep: counted(112), submitsPerStep: counted(3), uploadsPerStep: counted(9), readbacksPerStep: counted(1),
    msPerStep: milliseconds, msLow: milliseconds * 0.9, msHigh: milliseconds * 1.3,
    tokensPerSecond: tokens / (milliseconds / 1000), gflops: tokens * 0.00495 / (milliseconds / 1000), matmulPeakGflops: 240, peakDeviceBytes: 48_200_000, warmUp: [5.5],
  };
}

export class FakeSpeed {
  /** What every thread was asked for, as `train webgpu ours`. */
  readonly calls: string[] = [];
  adapter: SpeedAdapter | null = hardware;
  /** Threads that have begun and not ended. */
  open = 0;
  /** The most that were open at once. */
  most = 0;
  #end: (milliseconds: number) => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;

  readonly start = (): Measuring => {
    this.open++;
    this.most = Math.max(this.most, this.open);
    let closed = false;
    return {
      adapter: () => Promise.resolve(this.adapter),
      product: (of) => {
        this.calls.push(`product ${of.backend} ${of.implementation}`);
        return Promise.resolve({ rate: 240e9, device: 'CPU, SIMD, 8 threads of 8 cores' });
      },
      measure: (of, _, steps) => new Promise((resolve, reject) => {
        this.calls.push(`${of.task} ${of.backend} ${of.implementation}${steps === undefined ? '' : ` ${steps}`}`);
        this.#end = (milliseconds) => resolve(speedRow(of, milliseconds));
        this.#fail = reject;
      }),
      close: () => {
        if (!closed) this.open--;
        closed = true;
        this.#fail(new Error('The measurement was closed.'));
      },
    };
  };

  /** The measurement under way comes to its end, and the next has begun. */
  async measured(milliseconds: number): Promise<void> {
    this.#end(milliseconds);
    await settled();
  }

  async failed(reason: string): Promise<void> {
    this.#fail(new Error(reason));
    await settled();
  }
}

/** Lets promises that are settled be heard. */
export function settled(): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve); });
}
