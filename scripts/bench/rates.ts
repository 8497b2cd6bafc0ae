/** How fast loading is beside reading and uploading the same bytes raw, and how far the thread's memory grows. */
import type { Scheme } from '../../src/settings';
import type { BenchPage, WeightFile } from './drive';
import type { NamedPlace } from './page';

export interface Rate {
  source: 'files' | 'kept' | 'http';
  backend: 'wasm' | 'webgpu';
  weights: Scheme;
  /** Whether the bytes were hashed on their way. */
  hashed: boolean;
  /** Medians, in millions of bytes of the checkpoint's weights a second. */
  rawMBps: number;
  loadMBps: number;
  /** Of the slowest and the fastest loading, likewise. */
  loadMBpsSpread: [number, number];
  /** Median of the share that a loading has of the raw rate just before it. */
  share: number;
  shareSpread: [number, number];
  /** The most that the thread's JavaScript memory grew in any loading, in 2^20 bytes. */
  heapGrowthMiB: number;
  deviceMB: number;
  /** Median of the loadings. */
  seconds: number;
  /** Of those, what touching as much fresh memory takes by itself; 0 on WebGPU. */
  touchSeconds: number;
}

export interface Case {
  source: Rate['source'];
  backend: Rate['backend'];
  place: NamedPlace;
  hashed: boolean;
}

/** Raw and loading take turns, each in a fresh thread. */
export async function measure(page: BenchPage, { source, backend, place, hashed }: Case, weights: Scheme, files: readonly WeightFile[], repeats: number): Promise<Rate> {
  const raw: number[] = [];
  const loads: { seconds: number; deviceBytes: number; growth: number }[] = [];
  for (let i = 0; i < repeats; i++) {
    raw.push(await inThread(page, backend, () => page.call('raw', place, [...files])));
    loads.push(await inThread(page, backend, async () => {
      const { value, bytes } = await page.memory.growth(() => page.call('load', place, weights));
      return { ...value, growth: bytes };
    }));
  }
  const deviceBytes = loads[0]?.deviceBytes ?? 0;
  const touchSeconds = backend === 'wasm' ? await inThread(page, backend, () => page.call('touch', deviceBytes)) : 0;
  const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  const seconds = loads.map((load) => load.seconds);
  const shares = seconds.map((load, i) => (raw[i] as number) / load);
  return {
    source, backend, weights, hashed,
    rawMBps: megabytes / median(raw), loadMBps: megabytes / median(seconds), loadMBpsSpread: [megabytes / Math.max(...seconds), megabytes / Math.min(...seconds)],
    share: median(shares), shareSpread: [Math.min(...shares), Math.max(...shares)],
    heapGrowthMiB: Math.max(...loads.map(({ growth }) => growth)) / 2 ** 20, deviceMB: deviceBytes / 1e6, seconds: median(seconds), touchSeconds,
  };
}

export async function inThread<T>(page: BenchPage, backend: Rate['backend'], work: () => Promise<T>): Promise<T> {
  await page.call('open', backend);
  try {
    return await work();
  } finally {
    await page.call('close');
  }
}

export function rateLine({ source, backend, weights, hashed, rawMBps, loadMBps, share, shareSpread, heapGrowthMiB, deviceMB, seconds, touchSeconds }: Rate): string {
  return [
    `${source}${hashed ? ' hashed' : ''}`.padEnd(13), backend.padEnd(7), weights.padEnd(5), `raw ${rawMBps.toFixed(0)} MB/s`.padStart(14), `load ${loadMBps.toFixed(0)} MB/s`.padStart(15),
    `share ${share.toFixed(2)} (${shareSpread.map((edge) => edge.toFixed(2)).join('–')})`, `heap +${heapGrowthMiB.toFixed(1)} MiB`.padStart(16),
    `device ${deviceMB.toFixed(0)} MB`.padStart(15), `${seconds.toFixed(2)} s, of which first touch ${touchSeconds.toFixed(2)} s`,
  ].join('  ');
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] as number : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
